"""How much a file may unpack to: a small file of a stranger must not fill the memory.

Readers ask `allowed_pixels` and `allowed_bytes`; `limits` changes what they answer. Imports nothing
heavy: the command line has options for it.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

__all__ = ["PIXELS", "allowed_bytes", "allowed_pixels", "bounded", "in_words", "limits", "memory"]

P = ParamSpec("P")
R = TypeVar("R")

PIXELS = 64_000_000
"""Most pixels of one picture, unless told otherwise."""

_UNKNOWN_MEMORY = 8 << 30  # where the system does not tell
_CGROUP = Path("/sys/fs/cgroup/memory.max")
_pixels: contextvars.ContextVar[int | None] = contextvars.ContextVar("pixels", default=None)
_bytes: contextvars.ContextVar[int | None] = contextvars.ContextVar("bytes", default=None)


@contextlib.contextmanager
def limits(max_pixels: int | None = None, max_bytes: int | None = None) -> Iterator[None]:
    """Change how much the files may unpack to that are read meanwhile; `None` changes nothing.

    Args:
        max_pixels: Most pixels of one picture, >= 1.
        max_bytes: Most bytes that one file, or all pictures of a folder, may become, >= 1.

    Raises:
        ValueError: A limit below 1.

    Example:
        >>> with limits(max_pixels=100):
        ...     allowed_pixels()
        100
    """
    given = [(_pixels, max_pixels), (_bytes, max_bytes)]
    for variable, value in given:
        if value is not None and value < 1:
            raise ValueError(f"max_{variable.name} must be at least 1, got {value}.")
    tokens = [(variable, variable.set(v)) for variable, v in given if v is not None]
    try:
        yield
    finally:
        for variable, token in tokens:
            variable.reset(token)


def bounded(function: Callable[P, R]) -> Callable[P, R]:
    """Let a reader's keywords `max_pixels` and `max_bytes` be `limits` of all that it reads."""

    @functools.wraps(function)
    def inside(*args: P.args, **given: P.kwargs) -> R:
        told: dict[str, Any] = dict(given)
        with limits(told.get("max_pixels"), told.get("max_bytes")):
            return function(*args, **given)

    return inside


def allowed_pixels() -> int:
    """Return the most pixels that one picture may have."""
    return _pixels.get() or PIXELS


def allowed_bytes(share: float) -> int:
    """Return the most bytes that a file may become.

    Args:
        share: Share of the memory in (0, 1], where nobody has set a limit.
    """
    return _bytes.get() or int(share * memory())


@functools.cache
def memory() -> int:
    """Return the bytes of memory that this process may use."""
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not on Windows
        physical = _UNKNOWN_MEMORY
    try:
        return min(physical, int(_CGROUP.read_text()))
    except (OSError, ValueError):  # no control group, or `max`
        return physical


def in_words(count: float) -> str:
    """Return a number of bytes as people say it.

    Example:
        >>> in_words(1_900_000_000), in_words(300)
        ('1.9 GB', '300 bytes')
    """
    for size, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count:.0f} bytes"
