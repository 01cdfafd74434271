"""Whether a file lies on a network file system, from the text of the machine's mount table.

SQLite's write-ahead log needs memory shared between all who have the database open, which a network file system does
not give between machines (https://www.sqlite.org/wal.html), and its locks are worth what the server's are.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

TABLE = Path("/proc/self/mounts")
"""Linux; other systems have none, and every file counts as local there."""
NETWORK = frozenset(
    "9p acfs afs beegfs ceph cifs coda davfs fhgfs glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs panfs pvfs2 smb "
    "smb2 smb3 smbfs vboxsf vmhgfs wekafs".split()
)
"""Types of the table's third column; those over FUSE have `fuse.` before a program's name."""
NETWORK_FUSE = frozenset(
    "blobfuse blobfuse2 ceph ceph-fuse davfs davfs2 gcsfuse glusterfs goofys google-drive-ocamlfuse juicefs moosefs "
    "mount-s3 rclone s3fs seaweedfs smbnetfs sshfs vmhgfs-fuse".split()
)
_ESCAPE = re.compile(r"\\([0-7]{3})")


def mount_table() -> str:
    """This machine's, "" where it has none."""
    try:
        return TABLE.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""


def network_filesystem(path: Path, table: str) -> str | None:
    """The type of the network file system that an absolute, resolved path lies on; None for a local one.

    Of several mounts at one place the last in the table is the one that is seen.
    """
    deepest, kind = -1, ""
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = PurePosixPath(_ESCAPE.sub(lambda found: chr(int(found[1], 8)), fields[1]))
        if path.is_relative_to(place) and len(place.parts) >= deepest:
            deepest, kind = len(place.parts), fields[2]
    base, _, program = kind.partition(".")
    is_network = base in NETWORK or (base == "fuse" and program in NETWORK_FUSE)
    return kind if is_network else None
