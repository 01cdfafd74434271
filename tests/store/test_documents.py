"""Texts below `trackbook/`: kept once, in pieces, whatever runs have them; and given back when nobody does."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from trackbook.connect import connect
from trackbook.core.events import Batch, RunStarted
from trackbook.core.ports import walk_files
from trackbook.errors import NotFound, StoreUnreadable, UnsafePath
from trackbook.store.documents import tree
from trackbook.store.documents.cutting import MOST_BYTES, cut
from trackbook.store.documents.packs import SLOTS, blanked, packed, unpacked
from trackbook.store.documents.varints import folded, numbers, unfolded, varints
from trackbook.store.sql import SqlStore

SOURCE = "trackbook/source.py"


def lines(count: int, seed: int = 0) -> list[str]:
    chance = random.Random(seed)
    return [f"{number}: {chance.random()} {chance.random()}\n" for number in range(count)]


LONG = "".join(lines(4000)).encode()


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    opened = connect(tmp_path / "home")
    assert isinstance(opened, SqlStore)
    opened.recording.apply(Batch("j", [RunStarted(run, "0", run, 1) for run in ("r", "s", "t")], [], {"n": 0}))
    return opened


def log(store: SqlStore, run: str, path: str, content: bytes, folder: Path) -> None:
    (folder / f"logged {run}").write_bytes(content)
    store.artifacts.adopt(run, path, folder / f"logged {run}")


def read(store: SqlStore, run: str, path: str = SOURCE) -> bytes:
    with store.artifacts.open(run, path) as file:
        return file.read()


def pack_bytes(store: SqlStore) -> int:
    with store.database.read() as connection:
        return int(connection.execute(text("SELECT coalesce(sum(length(data)), 0) FROM packs")).scalar_one())


def pieces(store: SqlStore) -> int:
    with store.database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM pieces")).scalar_one())


@given(st.binary(max_size=20_000) | st.integers(0, 99).map(lambda seed: random.Random(seed).randbytes(60_000)))
def test_pieces_joined_are_the_text(data: bytes) -> None:
    found = cut(data)
    assert b"".join(found) == data
    assert all(0 < len(piece) <= MOST_BYTES for piece in found)


def test_an_edit_changes_the_pieces_around_it_alone() -> None:
    edited = LONG[:50_000] + b"something else" + LONG[50_000:]
    assert len(set(cut(edited)) - set(cut(LONG))) <= 3
    assert len(set(cut(LONG))) > 100


def test_a_line_without_end_is_cut_too() -> None:
    data = random.Random(0).randbytes(100_000).hex().encode()
    assert len(cut(data)) > 50
    assert len(set(cut(b"x" + data)) - set(cut(data))) <= 2


@given(st.lists(st.integers(0, 2**50), max_size=50))
def test_numbers_and_references_come_back(values: list[int]) -> None:
    assert [value for value, _ in numbers(varints(values))] == values
    assert tree.children(tree.node(values)) == values
    assert all(unfolded(folded(value)) == value for one in values for value in (one, -one))


def test_an_appended_list_changes_one_node() -> None:
    nodes, more = tree.level(list(range(1000))), tree.level(list(range(1001)))
    assert len(set(more) - set(nodes)) == 1


def test_a_pack_gives_back_its_pieces_and_loses_one() -> None:
    some = [b"a" * 500, b"", b"b"]
    assert unpacked(packed(some)) == some
    left = blanked(packed(some), [0])
    assert left is not None
    assert unpacked(left) == [b"", b"", b"b"]
    assert blanked(packed(some), [0, 2]) is None
    whole = packed(some)
    for damaged in (b"", b"\x07" + whole[1:], whole[:-1], whole[:-5] + b"12345"):
        with pytest.raises(StoreUnreadable, match="pack"):
            unpacked(damaged)


def test_a_text_is_in_the_database_and_no_file(store: SqlStore, tmp_path: Path) -> None:
    for content in (b"x = 1\n", LONG, b"", "é🚀".encode()):
        log(store, "r", SOURCE, content, tmp_path)
        assert read(store, "r") == content
    assert not list((tmp_path / "home" / "artifacts").rglob("*.py"))
    assert not (tmp_path / "logged r").exists()


def test_binaries_and_other_folders_stay_files(store: SqlStore, tmp_path: Path) -> None:
    log(store, "r", "trackbook/a.bin", b"\xff\x00", tmp_path)
    log(store, "r", "trackbook/b.bin", b"a" * 5000 + b"\0", tmp_path)
    log(store, "r", "mine.txt", b"text", tmp_path)
    found = {path.name for path in (tmp_path / "home" / "artifacts" / "0" / "r").rglob("*") if path.is_file()}
    assert found == {"a.bin", "b.bin", "mine.txt"}
    assert pieces(store) == 0


def test_a_run_costs_what_changed(store: SqlStore, tmp_path: Path) -> None:
    log(store, "r", SOURCE, LONG, tmp_path)
    first = pack_bytes(store)
    log(store, "s", SOURCE, LONG, tmp_path)
    assert pack_bytes(store) == first == store.disk.report().documents_bytes
    log(store, "t", SOURCE, LONG[:70_000] + b"# edited\n" + LONG[70_000:], tmp_path)
    assert pack_bytes(store) - first < 2500
    assert first > 60_000


def test_an_appended_text_costs_what_was_appended(store: SqlStore, tmp_path: Path) -> None:
    grown = LONG
    log(store, "r", SOURCE, grown, tmp_path)
    before = pack_bytes(store)
    for number in range(50):
        grown += f"appended {number}\n".encode()
        log(store, "s", SOURCE, grown, tmp_path)
    assert pack_bytes(store) - before < 50 * 1200
    assert read(store, "s") == grown


def test_a_document_and_a_file_replace_each_other(store: SqlStore, tmp_path: Path) -> None:
    path = "trackbook/x.dat"
    for content in (b"\xff" * 5000, b"text", b"\xfe", b"", b"\xff", b"more text"):
        log(store, "r", path, content, tmp_path)
        assert read(store, "r", path) == content
        assert [info.file_size for info in walk_files(store.artifacts, "r")] == [len(content)]
        assert [one.files for one in store.disk.report().largest if one.id == "r"] == [1]


def test_a_file_of_an_earlier_version_is_read_and_replaced(store: SqlStore, tmp_path: Path) -> None:
    old = tmp_path / "home" / "artifacts" / "0" / "r" / "artifacts" / SOURCE
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")
    assert read(store, "r") == b"old"
    log(store, "r", "trackbook/history.json", b"{}", tmp_path)
    assert [info.path for info in store.artifacts.list("r", "trackbook")] == ["trackbook/history.json", SOURCE]
    log(store, "r", SOURCE, b"new", tmp_path)
    assert read(store, "r") == b"new"
    store.artifacts.download("r", "", tmp_path / "got")
    assert (tmp_path / "got" / SOURCE).read_bytes() == b"new"


def test_documents_are_folders_neither_for_files_nor_for_documents(store: SqlStore, tmp_path: Path) -> None:
    log(store, "r", "trackbook/a/b", b"text", tmp_path)
    log(store, "r", "trackbook/f/g", b"\xff", tmp_path)
    for path in ("trackbook/a", "trackbook/a/b/c", "trackbook/f", "trackbook/f/g/h"):
        for content in (b"text", b"\xff"):
            with pytest.raises(UnsafePath, match="in the way"):
                log(store, "r", path, content, tmp_path)
    assert len(list(walk_files(store.artifacts, "r"))) == 2


def test_emptying_the_trash_gives_back_what_no_other_run_has(store: SqlStore, tmp_path: Path) -> None:
    log(store, "r", SOURCE, LONG, tmp_path)
    shared = pack_bytes(store)
    log(store, "s", SOURCE, LONG + LONG[::-1], tmp_path)
    log(store, "s", "trackbook/short.txt", b"only here", tmp_path)
    store.runs.delete("s")
    freed = store.trash.empty(["s"], force=True).freed_bytes
    assert freed > 50_000
    assert abs(pack_bytes(store) - shared) < 2000
    assert read(store, "r") == LONG
    store.runs.delete("r")
    store.trash.empty(["r"], force=True)
    assert (pack_bytes(store), pieces(store)) == (0, 0)


def test_what_was_replaced_goes_with_the_next_sweep(store: SqlStore, tmp_path: Path) -> None:
    secret = "".join(lines(50, seed=1)).encode()
    log(store, "r", SOURCE, b"kept\n" + secret, tmp_path)
    log(store, "r", SOURCE, b"kept\n", tmp_path)
    assert store.artifacts.sweep() > 500
    assert store.artifacts.sweep() == 0
    assert (read(store, "r"), pieces(store)) == (b"kept\n", 1)
    log(store, "r", SOURCE, b"kept\n" + secret, tmp_path)
    assert read(store, "r") == b"kept\n" + secret


def test_a_deleted_document_is_gone(store: SqlStore, tmp_path: Path) -> None:
    log(store, "r", SOURCE, b"x", tmp_path)
    log(store, "r", "trackbook/lock/uv.lock", b"y", tmp_path)
    store.artifacts.delete("r", "trackbook/lock")
    with pytest.raises(NotFound):
        read(store, "r", "trackbook/lock/uv.lock")
    assert [info.path for info in walk_files(store.artifacts, "r")] == [SOURCE]
    store.artifacts.delete("r")
    assert store.artifacts.list("r") == []


def test_a_damaged_pack_is_not_handed_out_as_whole(store: SqlStore, tmp_path: Path) -> None:
    log(store, "r", SOURCE, b"sound", tmp_path)
    with store.database.write() as connection:
        connection.execute(text("UPDATE packs SET data = :data"), {"data": packed([b"SOUND"])})
    with pytest.raises(StoreUnreadable, match="sha256"):
        read(store, "r")
    with store.database.write() as connection:
        connection.execute(text("DELETE FROM packs"))
    with pytest.raises(StoreUnreadable, match="not there"):
        read(store, "r")


def test_the_place_of_the_files_does_not_matter(tmp_path: Path) -> None:
    store = connect(tmp_path / "home", artifact_root="memory://elsewhere")
    assert isinstance(store, SqlStore)
    store.recording.apply(Batch("j", [RunStarted("r", "0", "r", 1)], [], {"n": 0}))
    log(store, "r", SOURCE, b"text", tmp_path)
    log(store, "r", "trackbook/figure.png", b"\x89PNG", tmp_path)
    assert [info.path for info in store.artifacts.list("r", "trackbook")] == ["trackbook/figure.png", SOURCE]
    got = store.artifacts.download("r", "trackbook", tmp_path / "got")
    assert {file.name: file.read_bytes() for file in got.iterdir()} == {"source.py": b"text", "figure.png": b"\x89PNG"}


def _log_many(home: Path, run: str) -> None:
    store = connect(home)
    assert isinstance(store, SqlStore)
    for number in range(20):
        log(store, run, f"trackbook/{number % 4}.txt", "".join(lines(200, seed=number % 7)).encode(), home.parent)


def test_nothing_goes_that_another_process_has_just_found(store: SqlStore, tmp_path: Path) -> None:
    home = tmp_path / "home"
    workers = [multiprocessing.get_context("spawn").Process(target=_log_many, args=(home, run)) for run in "rs"]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        log(store, "t", SOURCE, "".join(lines(200, seed=3)).encode(), tmp_path)
        log(store, "t", SOURCE, b"another", tmp_path)
        store.artifacts.sweep()
    assert [worker.exitcode for worker in workers] == [0, 0]
    for run in "rs":
        for number in range(16, 20):
            assert read(store, run, f"trackbook/{number % 4}.txt").decode() == "".join(lines(200, seed=number % 7))


def test_threads_read_while_others_write(store: SqlStore, tmp_path: Path) -> None:
    texts = ["".join(lines(300, seed=seed)).encode() for seed in range(2)]
    log(store, "r", SOURCE, texts[0], tmp_path)
    with ThreadPoolExecutor(4) as pool:
        reads = [pool.submit(read, store, "r") for _ in range(60)]
        for number in range(20):
            log(store, "r", SOURCE, texts[number % 2], tmp_path)
            store.artifacts.sweep_documents()
        assert {one.result() for one in reads} <= set(texts)


def test_a_store_of_this_version_keeps_its_documents(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parent.parent / "assets" / "stores" / "schema-0004.db", tmp_path / "trackbook.db")
    store = connect(tmp_path)
    assert isinstance(store, SqlStore)
    assert read(store, "firstrun") == b"x = 1\n"
    assert read(store, "firstrun", "trackbook/long.txt").decode() == "".join(
        f"line {n}: {n * n}\n" for n in range(1500)
    )
    assert read(store, "firstrun", "trackbook/empty.txt") == b""


def test_thousands_of_pieces_have_a_tree_of_few_levels(store: SqlStore, tmp_path: Path) -> None:
    log(store, "r", SOURCE, json.dumps(lines(50_000), indent=0).encode(), tmp_path)
    assert pieces(store) > 1500
    with store.database.read() as connection:
        assert connection.execute(
            text("SELECT height, max(piece) < :most FROM documents"), {"most": 2000 * SLOTS}
        ).one() == (3, 1)
    assert json.loads(read(store, "r")) == lines(50_000)
