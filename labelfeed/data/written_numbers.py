"""Numbers as people write them: decimal commas, thousands, percent and currency signs."""

from __future__ import annotations

import re

import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.labels.words import MISSING

__all__ = ["plain_numbers"]

_BARE = re.compile(r"[+-]?\d*,?\d+")
_WRITTEN = {
    ",": re.compile(r"[+-]?(\d+|\d{1,3}([. ']\d{3})+)?(,\d+)?"),
    ".": re.compile(r"[+-]?(\d+|\d{1,3}([, ']\d{3})+)?(\.\d+)?"),
}
_SIGNS = "%$€£¥"
_SAMPLE = 1000


def plain_numbers(
    frame: pd.DataFrame, decimal: str | None, semicolons: bool
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return columns of written numbers as plain ones, and a line that names them.

    A column is read so only if every cell of it is such a number or missing, and has the same sign
    (%, $, ...) or none; signs are left off: `12.6%` is 12.6.

    Args:
        frame: Raw columns.
        decimal: `","` for 12.573,0, `"."` for 12,573.0, also with spaces and apostrophes between
            thousands. `None`: only 0,126 and only where `semicolons` says so.
        semicolons: Whether the cells of the file were separated by semicolons, as programs do
            that write decimal commas.

    Raises:
        DataError: `decimal` is something else.

    Example:
        >>> rows = pd.DataFrame({"dose": ["0,126", "", "3"], "site": ["a", "b", "c"]})
        >>> read, notes = plain_numbers(rows, None, semicolons=True)
        >>> read["dose"].tolist(), notes
        (['0.126', '', '3'], ("read with decimal commas: 'dose'",))
    """
    if decimal is not None and decimal not in _WRITTEN:
        raise DataError(f"decimal is ',' or '.', got {decimal!r}.")
    if decimal is None and not semicolons:
        return frame, ()
    found = {}
    for name in frame.columns:
        column = _plain(frame[name], decimal)
        if column is not None:
            found[name] = column
    if not found:
        return frame, ()
    how = "with decimal points" if decimal == "." else "with decimal commas"
    shown = ", ".join(repr(str(name)) for name in list(found)[:8])
    more = f", ... ({len(found)} columns)" if len(found) > 8 else ""
    return frame.assign(**found), (f"read {how}: {shown}{more}",)


def _plain(column: pd.Series, decimal: str | None) -> pd.Series | None:
    if column.dtype.kind in "iufbmMc":
        return None
    present = column.dropna()
    if not all(isinstance(cell, str) for cell in present.head(_SAMPLE)):
        return None
    first = MISSING.blanked(present.head(_SAMPLE))
    if not all(cell is None or _read(cell, decimal) is not None for cell in first):
        return None
    texts: dict[str, str] = {}
    written, signs = False, set()
    for cell in present.unique():
        text = str(cell).strip()
        if text in MISSING:
            texts[cell] = cell
            continue
        read = _read(text, decimal)
        if read is None:
            return None
        texts[cell], sign = read
        signs.add(sign)
        written = written or texts[cell] != text
    return column.map(texts) if written and len(signs) == 1 else None


def _read(text: str, decimal: str | None) -> tuple[str, str] | None:
    """Return a number as Python writes it, and its sign such as %; `None` if it is no number."""
    if decimal is None:
        return (text.replace(",", "."), "") if _BARE.fullmatch(text) else None
    sign = next((s for s in _SIGNS if s in text), "")
    bare = text.replace(sign, "", 1).strip() if sign else text
    bare = bare.replace("- ", "-")
    if not any(c.isdigit() for c in bare) or not _WRITTEN[decimal].fullmatch(bare):
        return None
    other = "." if decimal == "," else ","
    for mark in (other, " ", "'"):
        bare = bare.replace(mark, "")
    return bare.replace(decimal, "."), sign
