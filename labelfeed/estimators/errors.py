"""The error of this room."""

from __future__ import annotations

__all__ = ["EstimatorError"]


class EstimatorError(ValueError):
    """A classifier, table of probabilities or set of rows that cannot be used; says how to mend it.

    Example:
        >>> issubclass(EstimatorError, ValueError)
        True
    """
