"""Labels as people hand them over (arrays, tables, dicts, tensors) as one array, nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import KeysView, Mapping, Sequence, Set
from typing import Protocol

import numpy as np

from labelfeed.labels.errors import LabelError
from labelfeed.labels.nearest import listed, nearest
from labelfeed.labels.words import UNKNOWN_LABEL, without_value, yes_no
from labelfeed.types import Cell, Labels

__all__ = ["as_array", "label_array", "named_column", "single_array", "table_of", "unmasked"]


class _Named(Protocol):
    """What is read of a label spec here."""

    @property
    def name(self) -> str: ...


def unmasked(values: Labels) -> Labels:
    """Return values with what is masked as NaN or None; an array of NumPy forgets its mask.

    Args:
        values: A masked array, or a list with masked arrays or values in it; all else is returned
            as it is.

    Example:
        >>> unmasked(np.ma.array([1, 0, 1], mask=[False, False, True])).tolist()
        [1, 0, None]
    """
    if values is np.ma.masked:
        return None
    if isinstance(values, np.ma.MaskedArray):
        if not np.ma.is_masked(values):
            return values.data
        if values.dtype.kind == "f":
            return values.filled(np.nan)
        cells = values.data.astype(object)
        cells[np.ma.getmaskarray(values)] = None
        return cells
    if isinstance(values, (list, tuple)) and any(isinstance(v, np.ma.MaskedArray) for v in values):
        return [v.tolist() if isinstance(v, np.ma.MaskedArray) else v for v in values]
    return values


def table_of(values: Labels) -> Labels:
    """Return a table of pyarrow as one of pandas; anything else as it is."""
    is_arrow = hasattr(values, "column_names") and hasattr(values, "to_pandas")
    return values.to_pandas() if is_arrow else values


def as_array(values: Labels, name: str) -> np.ndarray:
    """Return labels of any type as an array with an entry for each row.

    An array of int32 comes out as int32: ids, as `LabelSpec.encode` returns them. A column of a
    table is never that, whatever its type.

    Args:
        values: A sequence, an array, a tensor, or a column of pandas, polars or pyarrow.
        name: Name of the label, for messages.

    Raises:
        LabelError: It is no regular array, or has no order.
    """
    if isinstance(values, Set) and not isinstance(values, KeysView):
        what = f"The labels of {name!r} are a {type(values).__name__}, which has no order"
        raise LabelError(f"{what}; expected a list.", column=name, expected="a list")
    column = hasattr(values, "to_numpy") or hasattr(values, "to_pylist")
    values = unmasked(list(values) if isinstance(values, KeysView) else values)
    if hasattr(values, "detach"):  # a Torch tensor, possibly on a device
        values = values.detach().cpu()
    if hasattr(values, "to_pylist"):
        values = values.to_pylist()
    elif hasattr(values, "to_numpy"):
        values = values.to_numpy()
    try:
        array = _array(values)
    except (ValueError, TypeError) as error:
        what = f"The label {name!r} is not a regular array: {error}"
        raise LabelError(what, column=name) from error
    if array.ndim == 0:
        what = f"Expected one {name!r} per row, got the single value {values!r}."
        raise LabelError(what, column=name, value=values, expected=f"one {name!r} per row")
    if array.dtype.kind in "mM":  # beside objects NumPy makes whole numbers of nanoseconds
        cells = np.empty(array.shape, object)
        for place in np.ndindex(array.shape):
            cells[place] = None if np.isnat(array[place]) else array[place]
        return cells
    return array.astype(np.int64) if column and array.dtype == np.int32 else array


def _array(values: Labels) -> np.ndarray:
    try:
        array = np.asarray(values)
    except (OverflowError, UnicodeError):  # 10**400 beside a float, UTF-8 bytes beside text
        return np.asarray(values, dtype=object)
    text = array.dtype.kind in "US" and not isinstance(values, np.ndarray)
    return np.asarray(values, dtype=object) if text else array


def single_array(name: str, classes: Sequence[str], values: Labels) -> np.ndarray:
    """Return the array of a single label, found by its name where there are names.

    Args:
        name: Name of the label.
        classes: Names of its classes, to find one-hot columns.
        values: As for `LabelSpec.encode`.

    Raises:
        LabelError: There is no such column, there are two, or it is no regular array.
    """
    values = table_of(values)
    columns = _columns(values, name)
    if columns is not None and name in columns:
        values = values[name]
    elif columns is not None and len(columns) > 1 and not _unnamed(columns):
        given = {key: _column(values[k], key) for k, key in columns.items()}
        _check_names(classes, given, f"The single label {name!r} in one-hot columns")
        absent = np.zeros(_check_lengths(given, name), bool)
        return np.stack([given.get(c, absent) for c in classes], axis=1)
    elif isinstance(values, Mapping):
        if name not in values:
            what = f"Expected the key {name!r}, got {listed(tuple(values))}."
            raise LabelError(what, column=name, expected=f"the key {name!r}")
        values = values[name]
    return as_array(values, name)


def label_array(
    spec: _Named, names: Sequence[str], values: Labels, first_row: int = 0, *, lists: bool = False
) -> np.ndarray:
    """Return `(n, len(names))` with named columns or keys in their places, or a nameless array.

    Args:
        spec: The multi label; its name is for messages.
        names: Names of its columns.
        values: As for `LabelSpec.encode`.
        first_row: Number of the first row, for messages.
        lists: Whether a row may be the list of the labels that it has.

    Raises:
        LabelError: A name is not among `names` or stands there twice, or lengths differ.
    """
    name = spec.name
    values = table_of(values)
    columns = _columns(values, name)
    if columns is not None and not (hasattr(values, "columns") and _unnamed(columns)):
        given = {key: _column(values[k], key) for k, key in columns.items()}
        _check_names(names, given, f"The multi label {name!r}")
        if not given:
            expected = f"some of {listed(names)}"
            what = f"{name!r} has no column; expected {expected}."
            raise LabelError(what, column=name, expected=expected)
        out = np.full((_check_lengths(given, name), len(names)), None, dtype=object)
        for key, column in given.items():
            out[:, names.index(key)] = column
        return out
    rows = _name_rows(name, names, values, first_row) if lists else None
    array = as_array(values, name) if rows is None else rows
    if array.dtype == object and array.ndim == 1 and any(isinstance(v, Mapping) for v in array):
        return _dict_rows(name, names, array, first_row)
    return array


def named_column(values: Labels, name: str) -> Labels:
    """Return the column `name` of a table or dict, `None` if there is none; a column as it is."""
    values = table_of(values)
    if isinstance(values, Mapping) or getattr(values, "columns", None) is not None:
        return values.get(name)
    return values


def _dict_rows(name: str, names: Sequence[str], array: np.ndarray, first_row: int) -> np.ndarray:
    out = np.full((len(array), len(names)), None, dtype=object)
    for row, given_row in enumerate(array, first_row):
        if not isinstance(given_row, Mapping):
            if without_value(given_row):
                continue
            expected = "a dict of label names"
            raise LabelError(row=row, column=name, value=given_row, expected=expected)
        keys = _distinct(list(given_row), f"Row {row} of {name!r}", row)
        named = {key: given_row[k] for k, key in keys.items()}
        _check_names(names, named, f"Row {row} of {name!r}", row)
        for key, value in named.items():
            out[row - first_row, names.index(key)] = value
    return out


def _name_rows(
    what: str, names: Sequence[str], values: Labels, first_row: int
) -> np.ndarray | None:
    """Return rows that are lists of the labels they have, `[]` for none, as yes and no.

    `None` if it is anything else: an entry that is no name of a label, or no list at all.
    """
    if not isinstance(values, (list, tuple)) and not (
        isinstance(getattr(values, "dtype", None), np.dtype) and values.dtype == object
    ):
        return None
    out = np.full((len(values), len(names)), None, dtype=object)
    place = {n: i for i, n in enumerate(names) if yes_no(n) is None and n not in UNKNOWN_LABEL}
    for row, given in enumerate(values):
        if isinstance(given, (list, tuple, Set)):
            strange = [n for n in given if not isinstance(n, str) or n not in place]
            if strange and len(strange) < len(given) and isinstance(strange[0], str):
                _check_names(
                    names, dict.fromkeys(strange), f"Row {row + first_row} of {what!r}", row
                )
            if strange:
                return None
            out[row] = False
            out[row, [place[label] for label in given]] = True
        elif not without_value(given):
            return None
    return out if len(values) else None


def _columns(values: Labels, name: str) -> dict[Cell, str] | None:
    """Return the keys of a table or a dict with their names, `None` for anything else."""
    columns = getattr(values, "columns", None)
    if isinstance(values, Mapping):
        columns = list(values)
    return None if columns is None else _distinct(list(columns), f"The table of {name!r}")


def _distinct(keys: Sequence[Cell], what: str, row: int | None = None) -> dict[Cell, str]:
    """Return keys with their names as text; two that read alike are refused."""
    name, count = next(iter(Counter(map(str, keys)).most_common(1)), ("", 0))
    if count > 1:
        what = f"{what} has {count} columns called {name!r}; expected one of each name."
        raise LabelError(what, row=row, column=name, expected="one column of each name")
    return {key: str(key) for key in keys}


def _column(values: Labels, name: str) -> np.ndarray:
    array = as_array(values, name)
    if array.ndim != 1:
        what = f"The column {name!r} has shape {array.shape}; expected one value per row, (n,)."
        raise LabelError(what, column=name, expected="one value per row")
    return array


def _check_lengths(given: Mapping[str, np.ndarray], name: str) -> int:
    """Return how many rows all columns have."""
    lengths = sorted({len(column) for column in given.values()})
    if len(lengths) != 1:
        what = f"The columns of {name!r} differ in length: {lengths}."
        raise LabelError(what, column=name)
    return lengths[0]


def _unnamed(columns: Mapping[Cell, str]) -> bool:
    """Tell whether the columns of a table are just numbered."""
    return list(columns) == list(range(len(columns)))


def _check_names(
    names: Sequence[str], given: Mapping[str, object], what: str, row: int | None = None
) -> None:
    for key in given:
        if key not in names:
            close = nearest(key, names)
            hint = f" Did you mean {close!r}?" if close else ""
            expected = listed(names)
            what = f"{what} has no label {key!r}; expected {expected}.{hint}"
            raise LabelError(what, row=row, value=key, expected=expected)
