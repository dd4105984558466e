"""The columns that `labelfeed clean` puts beside a label: they tell it, and are no features."""

from __future__ import annotations

from collections.abc import Container, Iterable

__all__ = ["cleaning_columns", "error_column", "given_column", "suggestion_column"]


def given_column(label: str) -> str:
    """Return the name of the column that holds a label as it was before it was repaired."""
    return f"{label} given"


def error_column(label: str) -> str:
    """Return the name of the column of probabilities that a given label is wrong."""
    return f"{label} error probability"


def suggestion_column(label: str) -> str:
    """Return the name of the column of the most probable values of a label."""
    return f"{label} suggestion"


def cleaning_columns(labels: Iterable[str], columns: Container[str]) -> tuple[str, ...]:
    """Return the columns of a table that `labelfeed clean` has written beside labels.

    Args:
        labels: The label columns.
        columns: The columns of the table; a label has such ones where all of them are there.

    Example:
        >>> columns = ["ill", "ill given", "ill error probability", "ill suggestion", "age given"]
        >>> cleaning_columns(["ill", "age"], columns)
        ('ill given', 'ill error probability', 'ill suggestion')
    """
    found: list[str] = []
    for label in labels:
        own = [given_column(label), error_column(label), suggestion_column(label)]
        if all(name in columns for name in own):
            found += own
    return tuple(found)
