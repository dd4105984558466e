"""A list done from both ends: in order, each item once, the last one in the calling thread."""

from __future__ import annotations

import threading

import pytest

from labelfeed.estimators.both_ends import from_both_ends


def test_two_at_once_in_order_and_the_last_stays_in_this_thread() -> None:
    met, where = threading.Barrier(2, timeout=10), {}

    def work(item: int) -> int:
        where[item] = threading.current_thread()
        if item in (0, 3):
            met.wait()  # would time out if one waited for the other
        return item * item

    assert from_both_ends(work, range(4)) == [0, 1, 4, 9]
    assert where[3] is threading.current_thread() is not where[0]
    assert from_both_ends(work, [7]) == [49] and from_both_ends(work, []) == []


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
        from_both_ends(work, range(6))
    assert len(begun) < 6
