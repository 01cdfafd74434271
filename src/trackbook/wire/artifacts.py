"""Listings of artifacts on the wire; files themselves travel as bytes, apart from JSON."""

from __future__ import annotations

from trackbook.core import entities
from trackbook.wire.messages import Message, Text
from trackbook.wire.runs import OfRun


class FileInfo(Message):
    path: str
    is_dir: bool
    file_size: int | None = None


class ListOfRun(OfRun):
    path: str = ""
    page_token: str = ""


class ListedOfRun(Message):
    root_uri: str
    files: list[FileInfo] = []


class Listed(Message):
    files: list[FileInfo] = []


def file(one: entities.FileInfo, *, base_name: bool = False) -> FileInfo:
    """With its path below the run's root, or with its last part alone, as the proxy tells it."""
    path = one.path.rpartition("/")[2] if base_name else one.path
    return FileInfo(path=path, is_dir=one.is_dir, file_size=one.file_size or None)


def file_info(one: FileInfo, folder: str) -> entities.FileInfo:
    """Of a listing of the proxy, which tells last parts alone."""
    path = f"{folder}/{one.path}" if folder else one.path
    return entities.FileInfo(path, one.is_dir, None if one.is_dir else one.file_size or 0)


class FileOfRun(OfRun, kw_only=True):
    """The routes of MLflow's page that send or take one file."""

    path: Text


class FileOfVersion(Message):
    name: Text
    version: Text
    path: Text


class FileOfLoggedModel(Message):
    model_id: Text
    artifact_file_path: Text
