"""What goes wrong in a comparison."""

from __future__ import annotations

__all__ = ["ComparisonError"]


class ComparisonError(ValueError):
    """A comparison that cannot be made; the message says why and how to mend it."""
