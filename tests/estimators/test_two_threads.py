"""A list done in two threads: in order, each item once, each where it belongs."""

from __future__ import annotations

import threading

import pytest

from labelfeed.estimators.two_threads import in_two_threads


def even(item: int) -> bool:
    return item % 2 == 0


def test_two_at_once_in_order_and_each_in_its_thread() -> None:
    met, where = threading.Barrier(2, timeout=10), {}

    def work(item: int) -> int:
        where[item] = threading.current_thread()
        if item in (0, 3):
            met.wait()  # would time out if one waited for the other
        return item * item

    assert in_two_threads(work, range(4), even) == [0, 1, 4, 9]
    here = threading.current_thread()
    assert where[1] is where[3] is here and where[0] is where[2] is not here
    assert in_two_threads(work, [6], even) == [36] and where[6] is here
    assert in_two_threads(work, [7, 5], even) == [49, 25] and in_two_threads(work, [], even) == []


@pytest.mark.parametrize("bad", [0, 5])
def test_an_error_of_either_thread_is_raised_and_nothing_more_is_begun(bad: int) -> None:
    begun, fell = [], threading.Event()

    def work(item: int) -> None:
        begun.append(item)
        if item == bad:
            fell.set()
            raise KeyError(item)
        fell.wait(10)

    with pytest.raises(KeyError, match=str(bad)):
        in_two_threads(work, [0, 5, 2, 7, 4, 9], even)
    assert len(begun) <= 4
