"""Code of the user's own: imported when he names it, and nothing of the process is left changed."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["import_module", "searching_here"]


@contextlib.contextmanager
def searching_here() -> Iterator[None]:
    """Let Python search the current folder too; `sys.path` is as before afterwards.

    Example:
        >>> before = list(sys.path)
        >>> with searching_here():
        ...     here = sys.path[0]
        >>> here, sys.path == before
        ('', True)
    """
    before = list(sys.path)
    sys.path.insert(0, "")
    try:
        yield
    finally:
        sys.path[:] = before


def import_module(place: str) -> Any:
    """Import and return the module of `"module:function"`, also from the current folder.

    Args:
        place: What the user has named. Only that: never what a file names by itself.

    Raises:
        ImportError: There is no such module, or it fails while it is imported.
    """
    name = place.partition(":")[0]
    with searching_here():
        try:
            return importlib.import_module(name)
        except ImportError:
            raise
        except Exception as error:
            raise ImportError(f"{type(error).__name__}: {error}") from error
