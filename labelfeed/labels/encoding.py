"""Turn labels as people write them (ids, names, one-hot, yes/no, missing) into int32 ids."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, Protocol

import numpy as np

from labelfeed.labels.errors import CellError
from labelfeed.labels.words import UNKNOWN_LABEL, is_missing, without_value, yes_no
from labelfeed.types import Cell, Labels

__all__ = ["UNKNOWN", "LabelError", "encode_multi", "encode_single", "label_array"]

UNKNOWN = -1
"""The id of a label that nobody gave (the missing code of scikit-learn)."""

_INVALID = -2
_YES_NO = "0, 1, yes, no or unknown"


class LabelError(CellError):
    """A label that does not fit its spec; names row, column, value and what fits, as fields too."""

    hint = ' Unknown labels are written -1, NaN, None or "".'


class _Spec(Protocol):
    """What is read of a label spec here."""

    @property
    def num_classes(self) -> int: ...
    @property
    def names(self) -> tuple[str, ...] | None: ...
    @property
    def name(self) -> str: ...
    def name_of(self, index: int) -> str: ...


def encode_single(spec: _Spec, values: Labels, soft: str, first_row: int) -> np.ndarray:
    """Return ids of shape `(n,)` for one label per row; see `LabelSpec.encode`."""
    array = _single_array(spec, values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 1:
        return _encode_ids(spec, array, first_row)
    if array.ndim == 2 and array.shape[1] == spec.num_classes:
        return _encode_one_hot(spec, array, soft, first_row)
    expected = f"(n,), (n, 1) or one-hot (n, {spec.num_classes})"
    raise _whole(f"The single label {spec.name!r} has shape {array.shape}", spec.name, expected)


def encode_multi(spec: _Spec, values: Labels, soft: str, first_row: int) -> np.ndarray:
    """Return 0, 1 or -1 of shape `(n, num_classes)`; see `LabelSpec.encode`."""
    names = tuple(spec.name_of(i) for i in range(spec.num_classes))
    array = label_array(spec, names, values, first_row)
    if array.ndim == 1 and spec.num_classes == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] != spec.num_classes:
        what = f"The multi label {spec.name!r} has shape {array.shape}"
        raise _whole(what, spec.name, f"(n, {spec.num_classes}), one column per label")
    numbers = _numbers(spec, array, first_row)
    filled = np.where(np.isnan(numbers), UNKNOWN, numbers)
    exact = (filled == 0) | (filled == 1) | (filled == UNKNOWN)
    what = _YES_NO
    between = (filled > 0) & (filled < 1)
    if soft == "nearest":
        exact |= between
    elif between.any() and np.all(exact | between):
        what += " (pass soft='nearest' to round probabilities at 0.5)"
    bad = np.argwhere(~exact)
    if len(bad):
        row, column = map(int, bad[0])
        _fail(first_row + row, spec.name_of(column), array[row, column], what, len(bad))
    return np.where(filled == UNKNOWN, UNKNOWN, filled >= 0.5).astype(np.int32)


def _as_array(values: Labels, name: str) -> np.ndarray:
    if hasattr(values, "detach"):  # a Torch tensor, possibly on a device
        values = values.detach().cpu()
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    try:
        array = np.asarray(values)
        if array.dtype.kind in "US" and not isinstance(values, np.ndarray):
            array = np.asarray(values, dtype=object)
    except (ValueError, TypeError) as error:
        what = f"The label {name!r} is not a regular array: {error}"
        raise LabelError(what, column=name) from error
    if array.ndim == 0:
        what = f"Expected one {name!r} per row, got the single value {values!r}."
        raise LabelError(what, column=name, value=values, expected=f"one {name!r} per row")
    return array


def _single_array(spec: _Spec, values: Labels) -> np.ndarray:
    columns = getattr(values, "columns", None)
    if columns is not None and spec.name in columns:
        values = values[spec.name]
    elif columns is not None and len(columns) > 1 and not _unnamed(columns):
        return _one_hot_columns(spec, values)
    elif isinstance(values, Mapping):
        if spec.name not in values:
            what = f"Expected the key {spec.name!r}, got {_listed(tuple(values))}."
            raise LabelError(what, column=spec.name, expected=f"the key {spec.name!r}")
        values = values[spec.name]
    return _as_array(values, spec.name)


def _one_hot_columns(spec: _Spec, table: Labels) -> np.ndarray:
    """Return one-hot columns in the order of the ids; a column that is missing is all 0."""
    names = [spec.name_of(i) for i in range(spec.num_classes)]
    given = {str(key): _as_array(table[key], str(key)) for key in table.columns}
    _check_names(names, given, f"The single label {spec.name!r} in one-hot columns")
    absent = np.zeros(len(table), bool)
    return np.stack([given.get(name, absent) for name in names], axis=1)


def _unnamed(columns: Sequence[Cell]) -> bool:
    """Tell whether the columns of a table are just numbered."""
    return list(columns) == list(range(len(columns)))


def label_array(
    spec: _Spec, names: Sequence[str], values: Labels, first_row: int = 0
) -> np.ndarray:
    """Return `(n, len(names))` with named columns or keys in their places, or a nameless array."""
    columns = getattr(values, "columns", None)
    if isinstance(values, Mapping) or (columns is not None and not _unnamed(columns)):
        keys = list(values if columns is None else columns)
        given = {str(key): _as_array(values[key], str(key)) for key in keys}
        _check_names(names, given, f"The multi label {spec.name!r}")
        if not given:
            raise _whole(f"{spec.name!r} has no column", spec.name, f"some of {_listed(names)}")
        lengths = {len(column) for column in given.values()}
        if len(lengths) != 1:
            what = f"The columns of {spec.name!r} differ in length: {sorted(lengths)}."
            raise LabelError(what, column=spec.name)
        out = np.full((lengths.pop(), len(names)), None, dtype=object)
        for key, column in given.items():
            out[:, names.index(key)] = column
        return out
    array = _as_array(values, spec.name)
    if array.dtype == object and array.ndim == 1 and any(isinstance(v, Mapping) for v in array):
        out = np.full((len(array), len(names)), None, dtype=object)
        for row, given_row in enumerate(array):
            if not isinstance(given_row, Mapping):
                if without_value(given_row):
                    continue
                _fail(first_row + row, spec.name, given_row, "a dict of label names", 1)
            named = {str(key): value for key, value in given_row.items()}
            what = f"Row {first_row + row} of {spec.name!r}"
            _check_names(names, named, what, first_row + row)
            for key, value in named.items():
                out[row, names.index(key)] = value
        return out
    return array


def _check_names(
    names: Sequence[str], given: Mapping[str, Any], what: str, row: int | None = None
) -> None:
    for key in given:
        if key not in names:
            close = difflib.get_close_matches(str(key), names, 1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            expected = _listed(names)
            what = f"{what} has no label {key!r}; expected {expected}.{hint}"
            raise LabelError(what, row=row, value=key, expected=expected)


def _encode_ids(spec: _Spec, array: np.ndarray, first_row: int) -> np.ndarray:
    if array.dtype.kind in "iub":
        # The largest uint64 would turn into -1, unknown.
        ids = np.minimum(array, np.uint64(2**62)) if array.dtype == np.uint64 else array
        return _checked_ids(spec, ids.astype(np.int64), array, first_row)
    if array.dtype.kind == "f":
        filled = np.where(np.isnan(array), UNKNOWN, array)
        whole = np.isfinite(filled) & (np.floor(filled) == filled) & (np.abs(filled) < 2**31)
        ids = np.where(whole, filled, _INVALID).astype(np.int64)
        return _checked_ids(spec, ids, array, first_row)
    if array.dtype.kind not in "OUS":
        what = f"The label {spec.name!r} has dtype {array.dtype}"
        raise _whole(what, spec.name, "integers or strings")
    lookup = {spec.name_of(i): i for i in range(spec.num_classes)}
    ids = np.fromiter((_one_id(spec, v, lookup) for v in array), np.int64, len(array))
    return _checked_ids(spec, ids, array, first_row)


def _one_id(spec: _Spec, value: Cell, lookup: Mapping[str, int]) -> int:
    """Return the id of one value of any type, `_INVALID` where it does not fit."""
    if isinstance(value, Mapping):
        if any(key != spec.name for key in value):
            return _INVALID
        value = value.get(spec.name)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    found = lookup.get(value, lookup.get(value.strip())) if isinstance(value, str) else None
    if found is not None:
        return found
    if is_missing(value, UNKNOWN_LABEL):
        return UNKNOWN
    whole = isinstance(value, (float, np.floating)) and float(value).is_integer()
    if whole or isinstance(value, (bool, np.bool_, int, np.integer)):
        number = int(value)
        return number if UNKNOWN <= number < spec.num_classes else _INVALID
    return _INVALID


def _checked_ids(spec: _Spec, ids: np.ndarray, raw: np.ndarray, first_row: int) -> np.ndarray:
    bad = np.flatnonzero((ids < UNKNOWN) | (ids >= spec.num_classes))
    if bad.size:
        row = int(bad[0])
        _fail(first_row + row, spec.name, raw[row], _expected_id(spec, raw, ids), bad.size)
    return ids.astype(np.int32)


def _expected_id(spec: _Spec, raw: np.ndarray, ids: np.ndarray) -> str:
    text = f"an id in 0..{spec.num_classes - 1}"
    if spec.names is not None:
        text += f" or one of the names {_listed(spec.names)}"
    if raw.dtype.kind in "iuf" and ids.max() == spec.num_classes and not np.any(ids == 0):
        return f"{text} (these ids seem to start at 1: subtract 1)"
    strings = [v for v, i in zip(raw, ids, strict=True) if i == _INVALID and isinstance(v, str)]
    close = difflib.get_close_matches(strings[0], spec.names or (), 1) if strings else []
    return f"{text} (did you mean {close[0]!r}?)" if close else text


def _encode_one_hot(spec: _Spec, array: np.ndarray, soft: str, first_row: int) -> np.ndarray:
    rows = _numbers(spec, array, first_row)
    unknown = np.all(np.isnan(rows) | (rows == UNKNOWN), axis=1) | np.all(rows == 0, axis=1)
    filled = np.where(unknown[:, None], 0.0, rows)
    with np.errstate(invalid="ignore"):
        valid = np.all((filled >= 0) & (filled <= 1), axis=1)
        valid &= unknown | (np.abs(filled.sum(axis=1) - 1) < 1e-3)
    bad = np.flatnonzero(~valid)
    if bad.size:
        what = "a one-hot row (or probabilities that sum to 1), or a row of zeros or NaN"
        _fail(first_row + int(bad[0]), spec.name, array[bad[0]].tolist(), what, bad.size)
    softened = np.flatnonzero(~unknown & (np.max(filled, axis=1, initial=0.0) < 1))
    if soft == "error" and softened.size:
        row = int(softened[0])
        what = "a one-hot row; pass soft='nearest' to take the most probable class"
        _fail(first_row + row, spec.name, array[row].tolist(), what, softened.size)
    return np.where(unknown, UNKNOWN, filled.argmax(axis=1)).astype(np.int32)


def _numbers(spec: _Spec, array: np.ndarray, first_row: int) -> np.ndarray:
    """Return `array` as float64, reading yes/no words; NaN where unknown."""
    if array.dtype.kind in "iufb":
        return array.astype(np.float64)
    if array.dtype.kind not in "OUS":
        what = f"The label {spec.name!r} has dtype {array.dtype}"
        raise _whole(what, spec.name, "0/1 numbers or yes/no")
    out = np.empty(array.shape, np.float64)
    for row, column in np.ndindex(array.shape):
        number = _number(array[row, column])
        if number is None:
            _fail(first_row + row, spec.name_of(column), array[row, column], _YES_NO, 1)
        out[row, column] = number
    return out


def _number(value: object) -> float | None:
    """Return 1.0, 0.0, another number, NaN for unknown, or None for what cannot be read."""
    if is_missing(value, UNKNOWN_LABEL):
        return float("nan")
    if isinstance(value, (bytes, str)):
        return yes_no(value.decode("utf-8", "replace") if isinstance(value, bytes) else value)
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)):
        return float(value)
    return None


def _listed(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(repr(n) for n in names[:most])
    return shown if len(names) <= most else f"{shown}, ... ({len(names)} in all)"


def _fail(row: int, column: str, value: object, expected: str, count: int) -> NoReturn:
    raise LabelError(row=row, column=column, value=value, expected=expected, count=count)


def _whole(what: str, name: str, expected: str) -> LabelError:
    """Return the error of a label that does not fit as a whole."""
    return LabelError(f"{what}; expected {expected}.", column=name, expected=expected)
