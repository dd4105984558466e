"""Turn labels as people write them (ids, names, one-hot, yes/no, missing) into int32 ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import numpy as np

from labelfeed.labels._spec_protocol import Named
from labelfeed.labels.arrays import as_array, single_array
from labelfeed.labels.arrays import label_array as label_array
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.declared import declared_cells, declared_classes, without
from labelfeed.labels.errors import LabelError as LabelError
from labelfeed.labels.joined import joined_rows
from labelfeed.labels.minus_one import ask_minus_one, by_name, check_minus_one
from labelfeed.labels.nearest import listed, nearest
from labelfeed.labels.numbered import AmbiguousError, number_names, read_numbers
from labelfeed.labels.words import MISSING, UNKNOWN_LABEL, MissingWords, is_missing, yes_no
from labelfeed.types import Cell, Labels

__all__ = ["UNKNOWN", "encode_multi", "encode_single", "wire_ids"]

UNKNOWN = -1
"""The id of a label that nobody gave (the missing code of scikit-learn)."""

NO_RULES = CellRules()
_INVALID = -2  # also of `read_numbers`
_YES_NO = "0, 1, yes, no or unknown"


def encode_single(
    spec: Named, values: Labels, soft: str, first_row: int, cells: CellRules = NO_RULES
) -> np.ndarray:
    """Return ids of shape `(n,)` for one label per row; see `LabelSpec.encode`."""
    array = single_array(spec.name, _class_names(spec), values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 1:
        return _encode_ids(spec, array, first_row, cells)
    if array.ndim == 2 and array.shape[1] == spec.num_classes:
        return _encode_one_hot(spec, array, soft, first_row)
    expected = f"(n,), (n, 1) or one-hot (n, {spec.num_classes})"
    raise _whole(f"The single label {spec.name!r} has shape {array.shape}", spec.name, expected)


def encode_multi(
    spec: Named,
    values: Labels,
    soft: str,
    first_row: int,
    cells: CellRules = NO_RULES,
    *,
    named: bool | None = None,
) -> np.ndarray:
    """Return 0, 1 or -1 of shape `(n, num_classes)`; see `LabelSpec.encode`.

    Where uncertain cells become soft targets it is float32, -1 where unknown.
    """
    names = _class_names(spec)
    joined = joined_rows(spec.name, names, values, cells, first_row)
    array = label_array(spec, names, values, first_row, lists=True) if joined is None else joined
    if array.ndim == 1 and spec.num_classes == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] != spec.num_classes:
        what = f"The multi label {spec.name!r} has shape {array.shape}"
        raise _whole(what, spec.name, f"(n, {spec.num_classes}), one column per label")
    declared, meant = declared_cells(array, names, cells)
    numbers = _numbers(spec, without(array, declared), first_row, MISSING.but(cells.keep))
    named = (by_name(values) or None) if named is None else named
    check_minus_one(array, numbers, named, names, first_row)
    numbers = np.where(declared, meant, numbers)
    filled = np.where(np.isnan(numbers), UNKNOWN, numbers)
    exact = (filled == 0) | (filled == 1) | (filled == UNKNOWN) | declared
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
    hard = np.where(filled == UNKNOWN, UNKNOWN, filled >= 0.5)
    if cells.soft and soft == "error":
        return np.where(declared, filled, hard).astype(np.float32)
    return hard.astype(np.int32)


def wire_ids(ids: Labels, name: str) -> np.ndarray:
    """Return ids as an array that `encode_single` reads as ids, whatever the classes are called.

    Args:
        ids: Class ids of any whole or float type, -1 or NaN where unknown; all else is left as
            it is, for `encode_single` to judge.
        name: Name of the label, for messages.

    Example:
        >>> wire_ids([0, 1, -1], "label")
        array([ 0,  1, -1], dtype=int32)
    """
    array = as_array(ids, name)
    if array.dtype.kind == "f":
        array = np.where(np.isnan(array), UNKNOWN, array)
    small = array.dtype.kind in "iuf" and bool(np.all((array >= -(2**31)) & (array < 2**31)))
    exact = small and (array.dtype.kind != "f" or bool(np.all(array == np.floor(array))))
    return array.astype(np.int32) if exact else array


def _class_names(spec: Named) -> tuple[str, ...]:
    return spec.names or tuple(spec.name_of(i) for i in range(spec.num_classes))


def _encode_ids(spec: Named, array: np.ndarray, first_row: int, cells: CellRules) -> np.ndarray:
    if array.dtype.kind not in "OUSiubf":
        what = f"The label {spec.name!r} has dtype {array.dtype}"
        raise _whole(what, spec.name, "integers or strings")
    declared, meant = declared_classes(array, _class_names(spec), spec.name, cells)
    if array.dtype == np.int32:  # ids, as `encode` returns them
        return _checked_ids(spec, np.where(declared, meant, array), array, first_row)
    rest = without(array, declared)
    if rest.dtype.kind in "iubf":
        numbers = rest.astype(np.float64)
        ids = _number_ids(spec, array, numbers, first_row)
    else:
        lookup = {spec.name_of(i): i for i in range(spec.num_classes)}
        words = MISSING.but(cells.keep)
        read = [_one_cell(spec, value, lookup, words) for value in rest]
        ids = np.array([id_ if number is None else UNKNOWN for id_, number in read], np.int64)
        numbers = np.array([np.nan if n is None else n for _, n in read], np.float64)
        is_number = ~np.isnan(numbers)
        if is_number.any():
            ids[is_number] = _number_ids(spec, array, numbers, first_row)[is_number]
    minus = (numbers == -1) & (ids == UNKNOWN)
    ids = np.where(declared, meant, ids)
    if spec.num_classes == 2 and minus.any() and (ids == 1).any() and not (ids == 0).any():
        row = int(np.argmax(minus))  # 1 and -1: a class lost, if it is one
        ways = f"unknown (missing=-1), or class {spec.name_of(0)!r} (negative=-1)"
        ask_minus_one(first_row + row, spec.name, array[row], ways)
    return _checked_ids(spec, ids, array, first_row)


def _number_ids(spec: Named, array: np.ndarray, numbers: np.ndarray, first_row: int) -> np.ndarray:
    try:
        return read_numbers(numbers, _class_names(spec))
    except AmbiguousError as error:
        row = int(np.argmax(numbers == error.value))
        what = error.expected
        raise LabelError(
            row=first_row + row, column=spec.name, value=array[row], expected=what
        ) from error


def _one_cell(
    spec: Named, value: Cell, lookup: Mapping[str, int], words: MissingWords
) -> tuple[int, float | None]:
    """Return the id of a cell, `_INVALID` where it does not fit; of a number, the number."""
    if isinstance(value, Mapping):
        if any(key != spec.name for key in value):
            return _INVALID, None
        value = value.get(spec.name)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    found = lookup.get(value, lookup.get(value.strip())) if isinstance(value, str) else None
    if found is not None:
        return found, None
    if is_missing(value, words):
        return UNKNOWN, None
    if isinstance(value, str) and value in UNKNOWN_LABEL:
        return UNKNOWN, -1.0
    return _INVALID, _as_float(value)


def _checked_ids(spec: Named, ids: np.ndarray, raw: np.ndarray, first_row: int) -> np.ndarray:
    bad = np.flatnonzero((ids < UNKNOWN) | (ids >= spec.num_classes))
    if bad.size:
        row = int(bad[0])
        _fail(first_row + row, spec.name, raw[row], _expected_id(spec, raw, ids), bad.size)
    return ids.astype(np.int32)


def _expected_id(spec: Named, raw: np.ndarray, ids: np.ndarray) -> str:
    text = f"an id in 0..{spec.num_classes - 1}"
    if spec.names is not None:
        text += f" or one of the names {listed(spec.names)}"
    if raw.dtype.kind in "iuf" and not number_names(spec.names):
        given = raw[~np.isnan(raw)] if raw.dtype.kind == "f" else raw
        if given.max() == spec.num_classes and not np.any(given == 0):
            return f"{text} (these ids seem to start at 1: subtract 1)"
    strings = [v for v, i in zip(raw, ids, strict=True) if i == _INVALID and isinstance(v, str)]
    close = nearest(strings[0], spec.names or ()) if strings else None
    return f"{text} (did you mean {close!r}?)" if close else text


def _encode_one_hot(spec: Named, array: np.ndarray, soft: str, first_row: int) -> np.ndarray:
    rows = _numbers(spec, array, first_row, MISSING)
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


def _numbers(spec: Named, array: np.ndarray, first_row: int, words: MissingWords) -> np.ndarray:
    """Return `array` as float64, reading yes/no words; NaN where unknown."""
    if array.dtype.kind in "iufb":
        return array.astype(np.float64)
    if array.dtype.kind not in "OUS":
        what = f"The label {spec.name!r} has dtype {array.dtype}"
        raise _whole(what, spec.name, "0/1 numbers or yes/no")
    out = np.empty(array.shape, np.float64)
    for row, column in np.ndindex(array.shape):
        number = _number(array[row, column], words)
        if number is None:
            _fail(first_row + row, spec.name_of(column), array[row, column], _YES_NO, 1)
        out[row, column] = number
    return out


def _number(value: object, words: MissingWords) -> float | None:
    """Return 1.0, 0.0, another number, NaN for unknown, or None for what cannot be read."""
    if is_missing(value, words):
        return float("nan")
    if isinstance(value, (bytes, str)):
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        return -1.0 if text in UNKNOWN_LABEL else yes_no(text)
    return _as_float(value)


def _as_float(value: object) -> float | None:
    """Return a number as float, infinite where that is too small; `None` for anything else."""
    if isinstance(value, np.timedelta64):  # NumPy counts it among the integers
        return None
    if not isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)):
        return None
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _fail(row: int, column: str, value: object, expected: str, count: int) -> NoReturn:
    raise LabelError(row=row, column=column, value=value, expected=expected, count=count)


def _whole(what: str, name: str, expected: str) -> LabelError:
    """Return the error of a label that does not fit as a whole."""
    return LabelError(f"{what}; expected {expected}.", column=name, expected=expected)
