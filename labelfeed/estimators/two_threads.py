"""Do some of a list in a thread of its own, the rest in this one."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_two_threads"]

_One = TypeVar("_One")
_Done = TypeVar("_Done")


def in_two_threads(
    work: Callable[[_One], _Done], items: Sequence[_One], elsewhere: Callable[[_One], bool]
) -> list[_Done]:
    """Return what `work` gives for each item, in their order, done in two threads.

    After an error no item is begun any more.

    Args:
        work: Called once for each item.
        items: What is to be done.
        elsewhere: Which of them are done in the other thread, one after the other.

    Example:
        >>> in_two_threads(abs, [-1, 2, -3], lambda item: item < 0)
        [1, 2, 3]
    """
    away = [place for place, item in enumerate(items) if elsewhere(item)]
    here = [place for place in range(len(items)) if place not in away]
    done: dict[int, _Done] = {}
    fell: list[bool] = []

    def take(places: list[int]) -> None:
        for place in places:
            if fell:
                return
            try:
                done[place] = work(items[place])
            except BaseException:
                fell.append(True)
                raise

    if away and here:
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(contextvars.copy_context().run, take, away)
            take(here)
            other.result()
    else:
        take(away or here)
    return [done[place] for place in range(len(items))]
