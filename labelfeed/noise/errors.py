"""The error of this room."""

from __future__ import annotations

__all__ = ["NoiseError"]


class NoiseError(ValueError):
    """A noise matrix, labels or decisions that cannot be used; the message says how to mend it.

    Example:
        >>> issubclass(NoiseError, ValueError)
        True
    """
