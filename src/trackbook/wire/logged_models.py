"""Logged models (MLflow 3's models apart from runs): only what every client asks before it reads a `runs:/` address."""

from __future__ import annotations

from trackbook.wire.messages import Message


class Search(Message):
    experiment_ids: list[str] = []
    filter: str = ""
    page_token: str = ""


class Page(Message):
    """`{}` says that there are none."""

    next_page_token: str = ""
