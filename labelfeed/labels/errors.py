"""An error about a cell: where it stands, what came, what fits; in fields, and in words."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

__all__ = ["CellError", "LabelError"]

_LONGEST = 200  # characters of a value that a message shows


class CellError(ValueError):
    """A value that does not fit, in a row and column that the message names where they are known.

    The message is `place: reason`. Without a `reason` both are made of the fields.

    Args:
        reason: What is wrong, as a sentence.
        place: Where, as the message says it.
        row: Number of the row, counted as the message counts it; `None` where there is none.
        column: Name of the column or label.
        value: What came.
        expected: What fits, in words.
        count: How many cells do not fit; this is the first of them.

    Example:
        >>> error = CellError(row=3, column="colour", value="rde", expected="red or blue")
        >>> str(error), error.row, error.value
        ("Row 3, column 'colour': got 'rde'; expected red or blue.", 3, 'rde')
        >>> str(error.within("colours.csv"))
        "colours.csv: Row 3, column 'colour': got 'rde'; expected red or blue."
        >>> str(error.at("--known"))
        "--known: got 'rde'; expected red or blue."
    """

    row_word: ClassVar[str] = "Row"
    hint: ClassVar[str] = ""

    def __init__(
        self,
        reason: str | None = None,
        *,
        place: str = "",
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        expected: str | None = None,
        count: int = 1,
    ) -> None:
        """Store the fields and make the message."""
        self.row, self.column, self.expected, self.count = row, column, expected, count
        times = (np.datetime64, np.timedelta64)  # of which `item` makes numbers of nanoseconds
        if isinstance(value, np.generic) and not isinstance(value, times):
            value = value.item()
        self.value = value
        if reason is None:
            place = place or f"{self.row_word} {row}, column {column!r}"
            more = "" if count == 1 else f" {count} labels do not fit; this is the first."
            reason = f"got {_shown(self.value)}; expected {expected}.{self.hint}{more}"
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}" if place else reason)

    def within(self, where: str, note: str = "") -> Self:
        """Return the error as told from further out: `where: message` and a note behind it."""
        place = f"{where}: {self.place}" if self.place else where
        return self._told(place, self.reason + note, self.row)

    def at(self, place: str) -> Self:
        """Return the error with another place; there is no row any more."""
        return self._told(place, self.reason, None)

    def moved(self, place: str, row: int) -> Self:
        """Return the error with another place, and the number of its row there."""
        return self._told(place, self.reason, row)

    def _told(self, place: str, reason: str, row: int | None) -> Self:
        return type(self)(
            reason,
            place=place,
            row=row,
            column=self.column,
            value=self.value,
            expected=self.expected,
            count=self.count,
        )


class LabelError(CellError):
    """A label that does not fit its spec; names row, column, value and what fits, as fields too."""

    hint = ' Unknown labels are NaN, None or "" (-1 among ids).'


def _shown(value: object) -> str:
    """Return a value for a message; Python writes no integer of more than 4300 digits."""
    try:
        text = repr(value)
    except ValueError:
        return f"an {type(value).__name__} that is too large to show"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"
