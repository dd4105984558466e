"""Which values can be classes: how they are sorted, and what looks like none."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from labelfeed.data.dataset import DataError

__all__ = ["check_classes", "natural"]

_MOST_CLASSES = 20


def check_classes(classes: Sequence[str], texts: np.ndarray, name: str, source: str) -> None:
    """Raise `DataError` for a target that is empty, constant, a measurement or an identifier.

    Args:
        classes: The different values, as text.
        texts: Each row's value as text, `None` where missing.
        name: Name of the column.
        source: The file, for the message.
    """
    where = f"{source}: the target {name!r}"
    if not classes:
        raise DataError(f"{where} is missing in every row; nothing can be learned.")
    if len(classes) == 1:
        raise DataError(f"{where} has only one class, {classes[0]!r}; expected two or more.")
    known = sum(t is not None for t in texts)
    numeric = [_number(c) for c in classes]
    measured = any(n is not None and not n.is_integer() for n in numeric) and None not in numeric
    if len(classes) > _MOST_CLASSES and measured:
        raise DataError(
            f"{where} has {len(classes)} different decimal numbers in {known} rows: it looks like "
            "a measurement, not a class. Learn it in ranges (--ranges COL=5)."
        )
    if len(classes) > _MOST_CLASSES and len(classes) > 0.5 * known:
        raise DataError(
            f"{where} has {len(classes)} different values in {known} labelled rows (for example "
            f"{classes[0]!r}): it looks like an identifier or a measurement, not a class."
        )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def natural(text: str) -> tuple[int, float, str]:
    """Return a key that sorts numbers by value and before words.

    Example:
        >>> sorted(["10", "b", "9"], key=natural)
        ['9', '10', 'b']
    """
    number = _number(text)
    if number is None or math.isnan(number):
        return (1, 0.0, text)
    return (0, number, text)
