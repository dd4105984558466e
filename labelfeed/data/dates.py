"""Columns of dates: from text in a declared spelling to days, by pandas' parser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.labels.words import MISSING

__all__ = ["ISO", "date_columns", "date_format", "read_dates"]

ISO = "ISO8601"
"""pandas' name for 2020-01-31, 2020-01-31 10:00, 2020-01-31T10:00:00Z and the like."""

_ORDERS = {
    "ymd": ("%Y{0}%m{0}%d", "%Y%m%d"),
    "dmy": ("%d{0}%m{0}%Y", "%d{0}%m{0}%y", "%d{0}%b{0}%Y", "%d{0}%B{0}%Y", "%d{0}%b{0}%y"),
    "mdy": ("%m{0}%d{0}%Y", "%m{0}%d{0}%y", "%b %d, %Y", "%B %d, %Y", "%b{0}%d{0}%Y"),
}
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_MARK = re.compile(r"[A-Za-z0-9]\.?([-/. ])")
_SAMPLE = 2000  # different cells that decide how a column is written; all are read


def read_dates(
    frame: pd.DataFrame, dates: Sequence[str], source: str, absent: bool = False
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a frame whose date columns are dates, and how each of them is written.

    Args:
        frame: Raw columns: text, whole numbers such as 20200131, or dates already.
        dates: Names of columns, or `COL=HOW`; `HOW` is `dmy`, `mdy`, `ymd` or a format of
            `strptime`, such as `%d.%m.%Y`. By name alone, the spelling that all cells have is
            taken, and refused where 03/04/2021 leaves two.
        source: The file, for messages.
        absent: Whether columns that are not there are passed over: those of a saved run.

    Returns:
        The frame with columns of `datetime64`, `NaT` where missing; and the items of `dates` with
        the format that each was read by, which read other files just so.

    Raises:
        DataError: There is no such column, its cells can be read in two ways, or a cell is no date
            in that spelling; names row and column.

    Example:
        >>> rows = pd.DataFrame({"visit": ["31.01.2020", "", "1.2.2020"]})
        >>> read, how = read_dates(rows, ["visit"], "rows.csv")
        >>> read["visit"].dt.month.tolist(), how
        ([1.0, nan, 2.0], ('visit=%d.%m.%Y',))
    """
    read, found = {}, []
    for name, how in zip(date_columns(frame, dates), map(str, dates), strict=True):
        given = how.removeprefix(name).removeprefix("=")
        if name not in frame.columns:
            if absent:
                continue
            raise DataError(
                f"{source}: there is no column {name!r} for --dates."
                f"{did_you_mean(name, frame.columns)}"
            )
        column, written = _read(frame[name], name, given, source)
        read[name] = column
        found.append(f"{name}={written}")
    return frame.assign(**read) if read else frame, tuple(found)


def date_columns(frame: pd.DataFrame, dates: Sequence[str]) -> list[str]:
    """Return the names of the columns that items of `--dates` name, each `COL` or `COL=HOW`."""
    return [item if item in frame.columns else item.partition("=")[0] for item in dates]


def date_format(texts: Sequence[str]) -> tuple[str, ...]:
    """Return every spelling in which all of these texts are dates, as formats of `strptime`.

    Example:
        >>> date_format(["2020-01-31"]), date_format(["3/4/2021", "31/1/2021"])
        (('ISO8601',), ('%d/%m/%Y',))
        >>> date_format(["3/4/2021"]), date_format(["about May"])
        (('%d/%m/%Y', '%m/%d/%Y'), ())
    """
    if not texts:
        return ()
    some = pd.Series(list(texts), dtype=object)
    if texts[0][:4].isdigit() and len(texts[0]) > 8 and _all_read(some, ISO):
        return (ISO,)
    found = []
    for order in ("ymd", "dmy", "mdy"):
        first = next((f for f in _formats(order, texts[0]) if _all_read(some, f)), None)
        found += [first] if first else []
    return tuple(found)


def _formats(order: str, text: str) -> Iterator[str]:
    """Yield the formats of an order that a text may have, by what stands between its parts."""
    found = _MARK.search(text)
    mark = found[1] if found else "-"
    for pattern in _ORDERS[order]:
        for time in _TIMES if ":" in text else ("",):
            yield pattern.format(mark) + time


def _all_read(texts: pd.Series, how: str) -> bool:
    head = _parsed(texts.head(20), how)
    return bool(head.notna().all()) and bool(_parsed(texts, how).notna().all())


def _parsed(texts: pd.Series, how: str) -> pd.Series:
    """Return dates by pandas, `NaT` where a text is none; times with a zone become UTC."""
    read = pd.to_datetime(texts, format=how, errors="coerce", utc=True)
    return read.dt.tz_localize(None).dt.as_unit("s")


def _read(column: pd.Series, name: str, given: str, source: str) -> tuple[pd.Series, str]:
    if column.dtype.kind == "M":
        return _naive(column), given or ISO
    texts = _texts(column)
    unique = pd.Series(texts.dropna().unique(), dtype=object)
    if not len(unique):
        return pd.Series(pd.NaT, column.index, "datetime64[s]", name=name), given or ISO
    how = given if "%" in given or given == ISO else _chosen(unique, name, given, source)
    parsed = _parsed(unique, how)
    wrong = unique[parsed.isna()]
    if len(wrong):
        row = int(np.argmax(texts.isin(wrong).to_numpy()))
        value = texts.iloc[row]
        expected = f"a date written as {_shown(how)}, or an empty cell"
        raise DataError(
            f"got {value!r}; expected {expected}.",
            place=f"{source}: data row {row + 1}, column {name!r}",
            row=row + 1,
            column=name,
            value=value,
            expected=expected,
            count=int(texts.isin(wrong).sum()),
        )
    table = dict(zip(unique, parsed, strict=True))
    return pd.Series(pd.to_datetime(texts.map(table)), name=name).dt.as_unit("s"), how


def _naive(column: pd.Series) -> pd.Series:
    aware = column.dt.tz_convert("UTC").dt.tz_localize(None) if column.dt.tz else column
    return aware.dt.as_unit("s")


def _texts(column: pd.Series) -> pd.Series:
    """Return cells as text without spaces around them, missing where no value stands there."""
    if column.dtype.kind in "iuf":
        whole = column.astype("float64")
        if bool((whole.dropna() % 1 == 0).all()):
            column = whole.astype("Int64")
    texts = ["" if pd.isna(cell) else str(cell) for cell in column.astype(object)]
    return pd.Series(MISSING.blanked(texts), column.index, dtype=object)


def _chosen(unique: pd.Series, name: str, given: str, source: str) -> str:
    """Return the one format that fits; of an order that is given, the one that fits most cells."""
    first, where = str(unique.iloc[0]), f"{source}: column {name!r}"
    if given and given not in _ORDERS:
        raise DataError(
            f"--dates {name}={given}: expected dmy, mdy, ymd or a format such as %d.%m.%Y."
        )
    some = unique.head(_SAMPLE)
    if given:
        formats = [ISO] if given == "ymd" and len(first) > 8 else []
        formats += _formats(given, first)
        return max(formats, key=lambda how: int(_parsed(some, how).notna().sum()))
    fitting = date_format(some.tolist())
    if len(fitting) > 1:
        raise DataError(
            f"{where}: {first!r} can be {_shown(fitting[0])} or {_shown(fitting[1])}, and so can "
            f"every other cell; say which: --dates {name}=dmy or --dates {name}=mdy."
        )
    if fitting:
        return fitting[0]
    most = [f for order in _ORDERS for f in _formats(order, first)] + [ISO]
    best = max(most, key=lambda how: int(_parsed(some, how).notna().sum()))
    if not _parsed(some, best).notna().any():
        raise DataError(
            f"{where}: {first!r} is no date in any spelling that is known; give its format, as in "
            f"--dates {name}=%d.%m.%Y, or leave it out (--drop {name})."
        )
    return best


def _shown(how: str) -> str:
    """Return a format as an example: the 25th of December 2021."""
    if how == ISO:
        return "2021-12-25"
    return pd.Timestamp(2021, 12, 25, 13, 30).strftime(how)
