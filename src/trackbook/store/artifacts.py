"""Files of runs: a tree of plain files, here or in an object store, with a manifest of size and digest in the database.

Equal content costs once on this machine (`files.pool`: hard links).  In an object store a copy costs its upload and
its space, so there only the upload of what its path has already is left out: the manifest has the same digest and the
object is there with the same size.  That trusts the manifest: an object that was changed by others and has kept its
size is not replaced by adopting the recorded content again; delete it first.  Equal content at two paths is uploaded
twice, so that every path is an ordinary object which any tool can read.

A file comes first and its row in the manifest after it, so that a row never promises what is not there; a process
that dies in between leaves a file without a row, which is listed and read like any other, and whose digest is
computed when it is asked for.

Texts below `trackbook/` are no files but documents in the database (`documents`), wherever the files lie: thousands of
runs of one notebook say nearly the same there.  A document hides a file of its path, which an earlier version of this
package may have left.
"""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from trackbook.core.entities import FileInfo
from trackbook.core.names import check_artifact_path
from trackbook.core.ports import Artifacts, Progress
from trackbook.core.tags import FOLDER
from trackbook.errors import NotFound, StoreUnreadable, UnsafePath
from trackbook.store import manifest
from trackbook.store.direct import Direct
from trackbook.store.documents import listing, rows
from trackbook.store.documents.sweeping import sweep
from trackbook.store.documents.texts import is_place, text_of
from trackbook.store.engine import Database
from trackbook.store.files.content import UNFINISHED, Content, content_of, is_unfinished
from trackbook.store.files.download import Counter, download, write
from trackbook.store.files.local import swept
from trackbook.store.places import Places

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from trackbook.store.documents.rows import Document
    from trackbook.store.files.folder import Folder

BATCH = 256
"""Files whose rows are written by one transaction."""


class SqlArtifacts(Direct):
    """Of runs.  `logged_model_files` derives from it: another manifest, other places, no documents."""

    _manifest = manifest.OF_RUNS

    def __init__(self, database: Database, places: Places) -> None:
        self._database, self._places = database, places

    def list(self, run_id: str, path: str = "") -> Sequence[FileInfo]:
        _, folder, documents = self._tree(run_id)
        return listing.level(documents, folder.list(path), check_artifact_path(path))

    def open(self, run_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        _, folder, documents = self._tree(run_id)
        document = documents.get(check_artifact_path(path))
        if document is not None:
            return io.BytesIO(self._text(run_id, path, document))
        if folder.size(path) is None:
            raise _missing(run_id, path)
        return _opened(folder, path)

    def digest(self, run_id: str, path: str) -> str:
        run, folder, documents = self._tree(run_id)
        document = documents.get(check_artifact_path(path))
        if document is not None:
            return document.content.digest
        size = folder.size(path)
        if size is None:
            raise _missing(run_id, path)
        path = check_artifact_path(path)
        with self._database.read() as connection:
            known = self._manifest.contents(connection, run, [path]).get(path)
        if known is not None and known.size == size:
            return known.digest
        digest = hashlib.sha256()
        for piece in folder.pieces(path, 0, size):
            digest.update(piece)
        return digest.hexdigest()

    def adopt(self, run_id: str, path: str, file: Path, *, progress: Progress | None = None) -> None:
        self._adopt(run_id, [(path, file)], progress)

    def adopt_many(self, run_id: str, files: Iterable[tuple[str, Path]]) -> None:
        rest = iter(files)
        while batch := list(itertools.islice(rest, BATCH)):
            self._adopt(run_id, batch, None)

    def download(self, run_id: str, path: str, into: Path, *, progress: Progress | None = None) -> Path:
        run, folder, documents = self._tree(run_id)
        path = check_artifact_path(path)
        wanted = listing.below(documents, path)
        size = None if path in wanted else folder.size(path)
        if size is None and path and not wanted and not folder.is_folder(path):
            raise _missing(run_id, path)
        infos = folder.walk(path) if size is None and path not in wanted else []
        files = [(path, size)] if size is not None else [(info.path, info.file_size or 0) for info in infos]
        files = [(name, bytes_) for name, bytes_ in files if name not in wanted]
        with self._database.read() as connection:
            known = self._manifest.contents_below(connection, run, path)
        if size is None and path not in wanted:
            (into / path).mkdir(parents=True, exist_ok=True)
        counter = Counter(sum(one.content.size for one in wanted.values()) + sum(one for _, one in files), progress)
        for name, document in wanted.items():
            write(into / name, self._text(run_id, name, document))
            counter.add(document.content.size)
        download(folder, files, into, known, counter)
        return into / path

    def delete(self, run_id: str, path: str = "") -> int:
        run, folder, documents = self._tree(run_id)
        freed = folder.delete(path)
        path = check_artifact_path(path)
        with self._database.write() as connection:
            gone = self._manifest.contents_below(connection, run, path)
            self._manifest.forget_below(connection, run, path)
            rows.forget(connection, run, listing.below(documents, path))
        return freed + sum(folder.replaced(content) for content in set(gone.values()))

    def sweep(self) -> int:
        """Clear away, on this machine, what crashes left: content of no run, files nobody finished; bytes given back.

        Safe while others write.  Not part of the port: an object store has no such leavings (but see
        `files.multipart`).
        """
        with self._database.read() as connection:
            roots = self._places.local_roots(connection)
        return sum(swept(root) for root in roots) + self.sweep_documents()

    def sweep_documents(self) -> int:
        """Give back what deleted and replaced documents leave in the database; bytes.  Safe while others write."""
        return sweep(self._database)

    def uri(self, run_id: str, path: str = "") -> str:
        return self._folder(run_id)[1].uri(path)

    def _place(self, connection: Connection, run_id: str) -> tuple[int, Folder]:
        return self._places.of_run(connection, run_id)

    def _documents(self, connection: Connection, run: int) -> dict[str, Document]:
        return rows.of_run(connection, run)

    def _is_document(self, path: str) -> bool:
        return is_place(path)

    def _folder(self, run_id: str) -> tuple[int, Folder]:
        with self._database.read() as connection:
            return self._place(connection, run_id)

    def _tree(self, run_id: str) -> tuple[int, Folder, dict[str, Document]]:
        with self._database.read() as connection:
            run, folder = self._place(connection, run_id)
            return run, folder, self._documents(connection, run)

    def _text(self, run_id: str, path: str, document: Document) -> bytes:
        with self._database.read() as connection:
            try:
                return rows.text(connection, document)
            except StoreUnreadable:
                # It may have been replaced, and swept away, since it was looked up.
                run, _ = self._place(connection, run_id)
                now = self._documents(connection, run).get(check_artifact_path(path))
                if now is None or now == document:
                    raise
                return rows.text(connection, now)

    def _adopt(self, run_id: str, files: Sequence[tuple[str, Path]], progress: Progress | None) -> None:
        """Take files in, and write down those that were, also where one of them fails."""
        paths = [_storable(path) for path, _ in files]
        with self._database.read() as connection:
            run, folder = self._place(connection, run_id)
            known = self._manifest.contents(connection, run, paths)
            documents = self._documents(connection, run)
        taken: dict[str, Content] = {}
        texts: dict[str, bytes] = {}
        # Objects may be beside a "folder" of their name.
        has_files = folder.is_local and (folder.is_folder(FOLDER) or folder.size(FOLDER) is not None)

        def take(path: str, file: Path) -> None:
            if not file.is_file():
                if path not in documents and folder.size(path) is None:
                    raise NotFound("file", str(file), f"it should become artifact {path}")
                return  # taken in before
            listing.check_free(path, {*documents, *texts})
            text = text_of(file) if self._is_document(path) else None
            if text is not None:
                if has_files:
                    listing.check_free(path, (), folder)
                texts[path] = text
                if progress is not None:
                    progress(len(text), len(text))
                return
            texts.pop(path, None)
            content = content_of(file)
            if folder.is_local or known.get(path) != content or folder.size(path) != content.size:
                folder.take(path, file, content, progress)
            elif progress is not None:
                progress(content.size, content.size)
            taken[path] = content

        try:
            _each(take, [(path, file) for path, (_, file) in zip(paths, files, strict=True)], folder.parallel)
        finally:
            self._note(run, {path: one for path, one in taken.items() if path not in texts}, texts)
            for path in texts:
                if path in known or path in taken:
                    folder.delete(path)
            for path, content in taken.items():
                if known.get(path, content) != content:
                    folder.replaced(known[path])
        for _, file in files:
            file.unlink(missing_ok=True)

    def _note(self, run: int, taken: Mapping[str, Content], texts: Mapping[str, bytes]) -> None:
        if not (taken or texts):
            return
        with self._database.write() as connection:
            self._manifest.note(connection, self._database.dialect, run, taken)
            self._manifest.forget(connection, run, texts)
            rows.put(connection, self._database.dialect, run, texts)
            rows.forget(connection, run, [path for path in taken if self._is_document(path)])


def _each(take: Callable[[str, Path], None], files: Sequence[tuple[str, Path]], parallel: int) -> None:
    """In their order, or several at once where no two are for one path."""
    distinct = len({path for path, _ in files}) == len(files)
    if parallel == 1 or len(files) < 3 or not distinct:
        for path, file in files:
            take(path, file)
        return
    take(*files[0])  # so that the connection is there before it is shared
    with ThreadPoolExecutor(parallel, "trackbook-adopt") as pool:
        for _ in pool.map(lambda one: take(*one), files[1:]):
            pass


def _storable(path: str) -> str:
    relative = check_artifact_path(path)
    if not relative:
        raise UnsafePath(path, "it names no file")
    if is_unfinished(relative):
        raise UnsafePath(path, f"names that begin with {UNFINISHED!r} are ours")
    return relative


def _missing(run_id: str, path: str) -> NotFound:
    return NotFound("artifact", path, f"list the artifacts of run {run_id}")


@contextmanager
def _opened(folder: Folder, path: str) -> Iterator[BinaryIO]:
    with folder.open(path) as opened:
        yield opened


def _fits(artifacts: SqlArtifacts) -> Artifacts:
    return artifacts
