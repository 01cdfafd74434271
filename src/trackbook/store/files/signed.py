"""Addresses that S3 takes a client's own requests under: parts of an upload, and downloads.

S3 itself keeps what is under way, so that any worker can end what another began.  An upload that nobody ends keeps its
parts in the bucket: a life-cycle rule (AbortIncompleteMultipartUpload) clears them away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trackbook.core.direct import MOST_PARTS, Part, PartsUpload
from trackbook.errors import InvalidValue

GOOD_S = 6 * 3600


def begin(files: Any, name: str, parts: int) -> PartsUpload:
    """`files` is an `s3fs.S3FileSystem`; raises what it raises, and `InvalidValue`."""
    if not 1 <= parts <= MOST_PARTS:
        raise InvalidValue(f"an upload has 1 to {MOST_PARTS} parts, not {parts}")
    bucket, key, _ = files.split_path(name)
    upload_id = str(files.call_s3("create_multipart_upload", Bucket=bucket, Key=key)["UploadId"])
    urls = [
        files.url(name, expires=GOOD_S, client_method="upload_part", UploadId=upload_id, PartNumber=number)
        for number in range(1, parts + 1)
    ]
    return PartsUpload(upload_id, urls)


def end(files: Any, name: str, upload_id: str, parts: Sequence[Part]) -> None:
    bucket, key, _ = files.split_path(name)
    listed = [{"PartNumber": one.number, "ETag": one.etag} for one in sorted(parts, key=lambda one: one.number)]
    try:
        files.call_s3(
            "complete_multipart_upload",
            Bucket=bucket,
            Key=key,
            UploadId=upload_id,
            MultipartUpload={"Parts": listed},
        )
    except (OSError, ValueError) as error:
        raise InvalidValue(f"the object store does not end this upload: {error}") from error
    finally:
        files.invalidate_cache(name)


def drop(files: Any, name: str, upload_id: str) -> None:
    bucket, key, _ = files.split_path(name)
    try:
        files.call_s3("abort_multipart_upload", Bucket=bucket, Key=key, UploadId=upload_id)
    except FileNotFoundError:
        return


def address(files: Any, name: str) -> str:
    return str(files.url(name, expires=GOOD_S, ResponseContentDisposition="attachment"))
