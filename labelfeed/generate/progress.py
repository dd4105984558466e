"""A bar for the steps of a sampler."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

__all__ = ["steps_shown"]

_Step = TypeVar("_Step")


def steps_shown(steps: Iterable[_Step], total: int, verbose: str | int) -> Iterator[_Step]:
    """Yield the steps, and show on stderr how far they are.

    Args:
        steps: The steps.
        total: How many there are.
        verbose: 0: nothing; 1: a bar on a terminal, elsewhere a line at the end; `"auto"`: a bar on
            a terminal, elsewhere nothing.

    Raises:
        ValueError: `verbose` is none of these.

    Example:
        >>> list(steps_shown("abc", 3, verbose=0))
        ['a', 'b', 'c']
    """
    if verbose not in (0, 1, "auto"):
        raise ValueError(f"verbose must be 0, 1 or 'auto', got {verbose!r}.")
    if not verbose or (verbose == "auto" and not sys.stderr.isatty()):
        yield from steps
        return
    from rich.console import Console
    from rich.progress import track

    on_stderr = Console(stderr=True)
    yield from track(steps, "sample", total, console=on_stderr, transient=verbose == "auto")
