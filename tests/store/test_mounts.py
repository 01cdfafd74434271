"""A store on a network file system does without the write-ahead log, and says so once."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from trackbook.store import journal_mode
from trackbook.store.engine import Database
from trackbook.store.mounts import mount_table, network_filesystem

CLUSTER = r"""/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
filer:/export/home /home nfs4 rw,vers=4.2,addr=10.0.0.2 0 0
/dev/sdb1 /home/me/scratch xfs rw 0 0
10.0.0.3@tcp:/lab /lustre/lab lustre rw,flock 0 0
//server/team /mnt/team\040share cifs rw,vers=3.1.1 0 0
me@host:/data /mnt/ssh fuse.sshfs rw,nosuid 0 0
/dev/fuse /mnt/zip fuse.archivemount ro 0 0
old:/mnt /mnt/over nfs rw 0 0
/dev/sdc1 /mnt/over ext4 rw 0 0
nonsense
"""
CASES = {
    "/srv/me/.trackbook": None,
    "/home/me/.trackbook/trackbook.db": "nfs4",
    "/home/me/scratch/.trackbook": None,
    "/homes/me": None,
    "/lustre/lab/x": "lustre",
    "/mnt/team share/x": "cifs",
    "/mnt/ssh": "fuse.sshfs",
    "/mnt/zip/x": None,
    "/mnt/over/x": None,
}


def test_the_deepest_mount_counts() -> None:
    assert {path: network_filesystem(Path(path), CLUSTER) for path in CASES} == CASES


def test_other_tables() -> None:
    wsl = "rootfs / wslfs rw 0 0\nC:\\134 /mnt/c 9p rw,dirsync,aname=drvfs 0 0\n"
    assert network_filesystem(Path("/mnt/c/Users"), wsl) == "9p"
    container = "overlay / overlay rw 0 0\nshm /dev/shm tmpfs rw 0 0\n"
    assert network_filesystem(Path("/app"), container) is None
    assert network_filesystem(Path("/anything"), "") is None
    assert isinstance(mount_table(), str)


def modes(database: Database) -> list[int | str]:
    with database.read() as connection:
        return [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "mmap_size")
        ]


def test_a_new_store_there_has_no_log_and_says_so_once(tmp_path: Path) -> None:
    table = f"filer:/x {tmp_path} nfs rw 0 0\n"
    with pytest.warns(RuntimeWarning, match=r"network file system \(nfs\)"):
        assert modes(Database(path=tmp_path / "a.db", mount_table=table)) == ["delete", 2, 0]
    with warnings.catch_warnings(action="error"):
        assert modes(Database(path=tmp_path / "a.db", mount_table=table)) == ["delete", 2, 0]


def test_a_store_moved_there_gives_its_log_up(tmp_path: Path) -> None:
    local = Database(path=tmp_path / "b.db", mount_table="")
    assert modes(local)[0] == "wal"
    local.close()
    assert journal_mode.is_wal(tmp_path / "b.db")
    moved = Database(path=tmp_path / "b.db", mount_table=f"//server/x {tmp_path} smb3 rw 0 0\n")
    with pytest.warns(RuntimeWarning, match="smb3"):
        assert modes(moved)[0] == "delete"
    with moved.write() as connection:
        connection.exec_driver_sql("UPDATE experiments SET name = 'x'")
