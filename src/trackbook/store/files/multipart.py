"""Upload of a large file to S3, part by part, which continues where an earlier attempt stopped.

Nothing is kept here between attempts: S3 itself knows which uploads of a key are unfinished and which parts they
have.  A part is taken as sent where its size and MD5 (its ETag) are those of the file; where the bucket's encryption
gives other ETags, parts are sent again, which is slower and right.  So an older attempt with another content does no
harm either.  The object appears when the last call has joined the parts.

An attempt that nobody continues keeps its parts in the bucket: a life-cycle rule (AbortIncompleteMultipartUpload)
clears them away.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from trackbook.core.ports import Progress

PART_BYTES = 16 << 20
MAX_PARTS = 10_000
AT_ONCE = 4


def upload(files: Any, name: str, file: Path, progress: Progress | None = None) -> None:
    """Make `file` the object `name` of an `s3fs.S3FileSystem`.  Raises what s3fs raises."""
    bucket, key, _ = files.split_path(name)
    size = file.stat().st_size
    length = part_bytes(size)
    upload_id, sent = _begun(files, bucket, key)
    target = {"Bucket": bucket, "Key": key, "UploadId": upload_id}
    descriptor = os.open(file, os.O_RDONLY)

    def send(number: int) -> tuple[int, str, int]:
        data = _read(descriptor, (number - 1) * length, min(length, size - (number - 1) * length))
        tag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if sent.get(number) != (tag, len(data)):
            answer = files.call_s3("upload_part", PartNumber=number, Body=data, **target)
            tag = str(answer["ETag"]).strip('"')
        return number, tag, len(data)

    pool = ThreadPoolExecutor(AT_ONCE, "trackbook-upload")
    try:
        parts: list[dict[str, Any]] = []
        done = 0
        for future in as_completed([pool.submit(send, number + 1) for number in range(-(-size // length))]):
            number, tag, count = future.result()
            parts.append({"PartNumber": number, "ETag": f'"{tag}"'})
            done += count
            if progress is not None:
                progress(done, size)
    finally:
        pool.shutdown(cancel_futures=True)
        os.close(descriptor)
    parts.sort(key=lambda part: int(part["PartNumber"]))
    files.call_s3("complete_multipart_upload", MultipartUpload={"Parts": parts}, **target)


def part_bytes(size: int) -> int:
    """The same for every attempt at a file: whole MiB, and few enough parts."""
    return max(PART_BYTES, -(-size // (MAX_PARTS << 20)) << 20)


def _begun(files: Any, bucket: str, key: str) -> tuple[str, dict[int, tuple[str, int]]]:
    """The newest unfinished upload of this key, with number -> (ETag, size) of its parts; else a new one."""
    try:
        listed = files.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=key).get("Uploads", [])
    except PermissionError:
        listed = []  # who may write need not be allowed to list
    own = [one for one in listed if one["Key"] == key]
    if own:
        upload_id = str(max(own, key=lambda one: one["Initiated"])["UploadId"])
        try:
            return upload_id, dict(_parts(files, bucket, key, upload_id))
        except (FileNotFoundError, PermissionError):
            pass  # ended meanwhile, or not ours to look at
    return str(files.call_s3("create_multipart_upload", Bucket=bucket, Key=key)["UploadId"]), {}


def _parts(files: Any, bucket: str, key: str, upload_id: str) -> Iterator[tuple[int, tuple[str, int]]]:
    marker = 0
    while True:
        page = files.call_s3("list_parts", Bucket=bucket, Key=key, UploadId=upload_id, PartNumberMarker=marker)
        for part in page.get("Parts", []):
            yield int(part["PartNumber"]), (str(part["ETag"]).strip('"'), int(part["Size"]))
        if not page.get("IsTruncated"):
            return
        marker = int(page["NextPartNumberMarker"])


def _read(descriptor: int, start: int, count: int) -> bytes:
    data = os.pread(descriptor, count, start)
    while len(data) < count and (piece := os.pread(descriptor, count - len(data), start + len(data))):
        data += piece
    return data
