"""Numbers as people write them: decimal commas, thousands, percent and currency signs."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.data.distinct import arrow_text
from labelfeed.labels.words import EMPTY, MISSING, MissingWords
from labelfeed.types import ArrowArray

__all__ = ["plain_numbers"]

_BARE = re.compile(r"[+-]?\d*,?\d+")
_WRITTEN = {
    ",": re.compile(r"[+-]?(\d+|\d{1,3}([. ']\d{3})+)?(,\d+)?"),
    ".": re.compile(r"[+-]?(\d+|\d{1,3}([, ']\d{3})+)?(\.\d+)?"),
}
# Of these the plainest, without spaces around, for pyarrow.
_BARE_CELL = {
    None: r"^[+-]?[0-9]*,?[0-9]+$",
    ",": r"^[+-]?(([0-9]+|[0-9]{1,3}([. '][0-9]{3})+)(,[0-9]+)?|,[0-9]+)$",
    ".": r"^[+-]?(([0-9]+|[0-9]{1,3}([, '][0-9]{3})+)(\.[0-9]+)?|\.[0-9]+)$",
}
_DIGITS = np.isin(np.arange(256), list(b"0123456789+-,"))
_SIGNS = "%$€£¥"
_SAMPLE = 1000


def plain_numbers(
    frame: pd.DataFrame,
    decimal: str | None,
    semicolons: bool,
    missing: MissingWords = EMPTY,
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
        missing: Words that stand for no value, besides the usual ones.

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
    words = MissingWords(MISSING.words | missing.words, missing.values)
    found = {}
    for name in frame.columns:
        column = _plain(frame[name], decimal, words)
        if column is not None:
            found[name] = column
    if not found:
        return frame, ()
    how = "with decimal points" if decimal == "." else "with decimal commas"
    shown = ", ".join(repr(str(name)) for name in list(found)[:8])
    more = f", ... ({len(found)} columns)" if len(found) > 8 else ""
    return frame.assign(**found), (f"read {how}: {shown}{more}",)


def _plain(column: pd.Series, decimal: str | None, missing: MissingWords) -> pd.Series | None:
    if column.dtype.kind in "iufbmMc":
        return None
    present = column.dropna()
    if not all(isinstance(cell, str) for cell in present.head(_SAMPLE)):
        return None
    first = missing.blanked(present.head(_SAMPLE))
    if not all(cell is None or _read(cell, decimal) is not None for cell in first):
        return None
    text = arrow_text(column)
    if text is None:
        text = arrow_text(column.astype(object).map(str, na_action="ignore"))
    made = None if text is None else _all_plain(text, decimal, missing)
    if made is None:
        return None
    return made.set_axis(column.index).rename(column.name)


def _all_plain(text: ArrowArray, decimal: str | None, missing: MissingWords) -> pd.Series | None:
    """Return cells as plain numbers: bare ones all at once, each other spelling once."""
    import pyarrow
    import pyarrow.compute as compute

    if decimal is None and (commas := _all_bare(text)) is not None:
        return None if commas.equals(text) else commas.to_pandas()
    bare = compute.fill_null(compute.match_substring_regex(text, _BARE_CELL[decimal]), True)
    plain = text
    for mark in _marks(decimal):
        plain = compute.replace_substring(plain, mark, "")
    plain = compute.replace_substring(plain, decimal or ",", ".")
    odd = text.filter(compute.invert(bare)).dictionary_encode()
    read, signs = [], {""} if compute.any(compute.and_(bare, text.is_valid())).as_py() else set()
    changed = not plain.filter(bare).equals(text.filter(bare))
    for cell in odd.dictionary.to_pylist():
        word = cell.strip()
        if word in missing:
            read.append(cell)
            continue
        found = _read(word, decimal)
        if found is None:
            return None
        read.append(found[0])
        signs.add(found[1])
        changed = changed or found[0] != word
    if not changed or len(signs) != 1:
        return None
    others = pyarrow.array(read, text.type).take(odd.indices)
    made: pd.Series = compute.replace_with_mask(plain, compute.invert(bare), others).to_pandas()
    return made


def _all_bare(text: ArrowArray) -> ArrowArray | None:
    """Return cells with decimal points, `None` unless all are numbers of digits and commas."""
    import pyarrow
    import pyarrow.compute as compute

    letters = np.frombuffer(text.buffers()[2] or b"", np.uint8)
    if not _DIGITS[letters].all() or compute.any(compute.ends_with(text, ",")).as_py():
        return None
    plain = compute.replace_substring(text, ",", ".", max_replacements=1)
    try:
        compute.cast(plain, pyarrow.float64())
    except pyarrow.ArrowInvalid:
        return None
    return plain


def _marks(decimal: str | None) -> tuple[str, ...]:
    """Return what may stand between thousands."""
    return () if decimal is None else ("." if decimal == "," else ",", " ", "'")


def _read(text: str, decimal: str | None) -> tuple[str, str] | None:
    """Return a number as Python writes it, and its sign such as %; `None` if it is no number."""
    if decimal is None:
        return (text.replace(",", "."), "") if _BARE.fullmatch(text) else None
    sign = next((s for s in _SIGNS if s in text), "")
    bare = text.replace(sign, "", 1).strip() if sign else text
    bare = bare.replace("- ", "-")
    if not any(c.isdigit() for c in bare) or not _WRITTEN[decimal].fullmatch(bare):
        return None
    for mark in _marks(decimal):
        bare = bare.replace(mark, "")
    return bare.replace(decimal, "."), sign
