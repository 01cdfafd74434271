"""The files of several cells, brought together."""

from __future__ import annotations

import time

from trackbook.capture.data.gathering import read_before, to_remember
from trackbook.capture.data.sorting import NO_USES, FileUse, Uses


def test_many_files_of_many_cells_take_a_moment_and_count_once_for_the_first_that_read_them() -> None:
    files = tuple(FileUse(f"/data/{number}.png", True, False, 1, 1) for number in range(10_000))
    begun = time.thread_time()
    found = read_before(((count, Uses(files)) for count in (1, 2)), NO_USES)
    assert time.thread_time() - begun < 1.0
    assert len(found.files) == len(files)
    assert {one.cell for one in found.files} == {1}


def test_of_too_many_files_the_same_are_remembered_in_whichever_order_they_were_read() -> None:
    files = tuple(FileUse(f"/data/{number}.png", True, False, 1, 1) for number in range(3000))
    one, other = to_remember(Uses(files), 2000), to_remember(Uses(files[::-1]), 2000)
    assert (one, one.left_out) == (other, 1000)


def test_many_files_that_are_read_again_are_remembered_once() -> None:
    def uses() -> Uses:
        return Uses(tuple(FileUse(f"/data/{number}.png", True, False, 1, 1) for number in range(2000)))

    one, other = to_remember(uses(), 5000), to_remember(uses(), 5000)
    assert all(mine is its for mine, its in zip(one.files, other.files, strict=True))
