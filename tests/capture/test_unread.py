"""Texts that were noted are read once, whatever comes between."""

from __future__ import annotations

import multiprocessing
import os
import threading

import pytest

from trackbook.capture import unread


def test_a_text_whose_search_was_interrupted_is_searched_by_the_next() -> None:
    def interrupted(text: str) -> None:
        raise KeyboardInterrupt

    unread.note(lambda: "first")
    unread.note(lambda: "second")
    with pytest.raises(KeyboardInterrupt):
        unread.read(interrupted)
    found: list[str] = []
    unread.read(found.append)
    unread.read(found.append)
    assert found == ["first", "second"]


def test_a_text_whose_search_fails_is_not_searched_again() -> None:
    unread.note(lambda: str(1 / 0))
    with pytest.raises(ZeroDivisionError):
        unread.read(str)
    unread.read(pytest.fail)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # 3.12: fork in a process with threads
def test_a_child_that_is_forked_while_a_thread_reads_does_not_wait_for_it() -> None:
    begun, over = threading.Event(), threading.Event()

    def search(text: str) -> None:
        begun.set()
        over.wait()

    unread.note(lambda: "text")
    thread = threading.Thread(target=unread.read, args=(search,))
    thread.start()
    begun.wait()
    try:
        context = multiprocessing.get_context("fork")
        found = context.SimpleQueue()
        child = context.Process(target=unread.read, args=(found.put,))
        child.start()
        child.join()
        assert not found.empty(), "it reads itself"
        assert found.get() == "text"
    finally:
        over.set()
        thread.join()
