"""Do a list from both ends at once: a thread of its own from the front, this one from the back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["from_both_ends"]

_One = TypeVar("_One")
_Done = TypeVar("_Done")


def from_both_ends(work: Callable[[_One], _Done], items: Sequence[_One]) -> list[_Done]:
    """Return what `work` gives for each item, in their order, done in two threads.

    The last items are done in the calling thread: what must not leave it stands last. After an
    error no item is begun any more.

    Args:
        work: Called once for each item.
        items: What is to be done.

    Example:
        >>> from_both_ends(abs, [-1, 2, -3])
        [1, 2, 3]
    """
    todo, done = deque(enumerate(items)), {}

    def take(end: Callable[[], tuple[int, _One]]) -> None:
        while todo:
            try:
                place, item = end()
            except IndexError:  # the other thread was faster
                return
            try:
                done[place] = work(item)
            except BaseException:
                todo.clear()
                raise

    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(1) as front:
        other = front.submit(take, todo.popleft)
        take(todo.pop)
        other.result()
    return [done[place] for place in range(len(items))]
