"""Tables whose rows are numbered differently are not paired by position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labelfeed.types import Features, Labels

__all__ = ["same_rows"]


def same_rows(**parts: Any) -> None:
    """Raise `ValueError` if tables that belong together have different row indexes.

    Args:
        **parts: What goes together, by name: tables with an index (pandas), alone, in a dict or in
            a list. Arrays, streams and `None` have no index and are passed over.

    Raises:
        ValueError: Two indexes differ; the message says where and how to mend it.

    Example:
        >>> import pandas as pd
        >>> x = pd.DataFrame({"age": [30, 40]}, index=[7, 8])
        >>> same_rows(x=x, y=x["age"] > 35)
    """
    first: tuple[str, Any] | None = None
    for name, part in parts.items():
        for table in _tables(part):
            index = table.index
            if first is None:
                first = name, index
            elif index is not first[1] and not index.equals(first[1]):
                raise ValueError(_difference(*first, name, index))


def _tables(part: Features) -> list[Any]:
    if isinstance(part, Mapping):
        return [table for value in part.values() for table in _tables(value)]
    items = part if isinstance(part, (list, tuple)) else [part]
    return [item for item in items if hasattr(item, "iloc") and hasattr(item, "index")]


def _difference(name: str, index: Labels, other_name: str, other: Labels) -> str:
    if len(index) != len(other):
        where = f"{len(index)} rows against {len(other)}"
    else:
        pairs = enumerate(zip(index.tolist(), other.tolist(), strict=True))
        place, a, b = next((i, a, b) for i, (a, b) in pairs if a != b)
        where = f"row {place} is {a!r} in {name} and {b!r} in {other_name}"
    return (
        f"The row indexes of {name} and {other_name} differ: {where}. Rows are not paired by "
        "position: bring one into the order of the other with .loc[other.index], or give arrays "
        "(.to_numpy()) if the order is right."
    )
