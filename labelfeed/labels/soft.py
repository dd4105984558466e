"""Known labels that are not certain: present with probability .7, a distribution over classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labelfeed.labels.arrays import label_array, unmasked
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN, LabelError
from labelfeed.labels.known import known_of_rows
from labelfeed.labels.nearest import nearest
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Cell, Labels

__all__ = ["hard_part", "said_of", "soft_columns", "soft_known_of_rows"]

_SLACK = 1e-3  # how far the probabilities of a column may be from a sum of 1
_YES_NO = "0, 1, yes, no"
_FITS = "0, 1, yes, no, a probability between them, or unknown"


def soft_known_of_rows(known: Labels, rows: int, spec: LabelSpec) -> np.ndarray:
    """Return known labels of which some may be soft: probabilities of present.

    Args:
        known: As for `known_of_rows`; of several labels a cell may be a probability between 0 and
            1 too, that of a column of classes a dict `{class: probability}` or a text such as
            `"red:0.7+blue:0.3"`. What the probabilities of a column leave of 1 belongs to its other
            classes together.
        rows: Number of rows of the features.
        spec: The label's spec.

    Returns:
        Where nothing is soft the int32 ids of `known_of_rows`; else float64 `(rows, num_labels)` of
        probabilities, -1 where unknown.

    Raises:
        LabelError: A label or probability does not fit; or it is soft, and there is one label only.

    Example:
        >>> spec = LabelSpec.multi(["cough", "fever"])
        >>> soft_known_of_rows({"fever": 0.7}, 1, spec).tolist()
        [[-1.0, 0.7]]
    """
    if not spec.shape:
        return known_of_rows(known, rows, spec)
    if isinstance(known, Mapping):
        known = {name: _for_rows(cells, rows) for name, cells in known.items()}
    try:
        return known_of_rows(known, rows, spec)
    except LabelError as error:
        found = _read(known, spec)
        if found is None:
            raise _with_probability(error) from None
    if len(found) != rows:
        raise LabelError(f"known= has {len(found)} rows, the features have {rows}.")
    return found


def soft_columns(known: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return bool `(rows, columns)`: which label columns are known softly."""
    soft = (known > 0) & (known < 1)
    return np.stack([soft[:, list(c.places)].any(axis=1) for c in spec.label_columns], axis=1)


def hard_part(known: np.ndarray) -> np.ndarray:
    """Return known labels as int32 ids, with what is soft as unknown."""
    return np.where((known > 0) & (known < 1), UNKNOWN, known).astype(np.int32)


def said_of(column: LabelColumn, row: np.ndarray) -> str:
    """Return what is known softly of a column in a row, as it may be written.

    Args:
        column: The column.
        row: Known labels `(num_labels,)`, as `soft_known_of_rows` returns them.

    Example:
        >>> colour = LabelSpec.columns([LabelSpec.single(["red", "blue"], "colour")])
        >>> said_of(colour.label_columns[0], np.array([0.7, 0.3]))
        'red:0.7+blue:0.3'
    """
    p = row[list(column.places)]
    if not column.of_classes:
        return f"{p[0]:g}"
    return "+".join(f"{n}:{v:g}" for n, v in zip(column.names, p, strict=True) if v > 0)


def _for_rows(cells: Labels, rows: int) -> Labels:
    """Return one value for each row; a dict of classes is one value."""
    cells = unmasked(cells)
    if np.ndim(cells) and not isinstance(cells, Mapping):
        return cells
    out = np.empty(rows, dtype=object)
    for row in range(rows):
        out[row] = cells
    return out


def _read(known: Labels, spec: LabelSpec) -> np.ndarray | None:
    """Return probabilities, -1 unknown; `None` where nothing is soft."""
    columns = spec.label_columns
    labels = [spec.name_of(i) for i in range(spec.num_classes)]
    heads = [c.name for c in columns]
    names = [*heads, *(label for label in labels if label not in heads)]
    array = label_array(spec, names, known)
    if array.ndim == 1 and spec.num_classes == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] not in (len(heads), len(names), len(labels)):
        return None
    if array.shape[1] == len(labels):
        names = labels
    of_head = {c.name: c for c in columns if c.of_classes}
    soft = np.full((len(array), spec.num_classes), np.nan)
    rest: dict[str, np.ndarray] = {}
    for at, name in enumerate(names[: array.shape[1]]):
        cells = array[:, at]
        if name in of_head:
            rest[name] = _take_distributions(cells, of_head[name], soft)
        else:
            place = labels.index(name)
            p = _probabilities(cells)
            soft[:, place] = np.where(np.isnan(p), soft[:, place], p)
            rest[name] = cells.astype(object)
            rest[name][~np.isnan(p)] = None
    if np.isnan(soft).all():
        return None
    try:
        hard = spec.encode(rest, cells=spec.id_cells)
    except LabelError as error:
        raise _with_probability(error) from None
    return _together(hard, soft, columns)


def _probabilities(cells: np.ndarray) -> np.ndarray:
    """Return cells strictly between 0 and 1 as float64 `(n,)`, NaN for all others."""
    if cells.dtype.kind in "iufb":
        numbers = cells.astype(np.float64)
    else:
        numbers = np.array([_number(cell) for cell in cells], np.float64)
    with np.errstate(invalid="ignore"):
        return np.where((numbers > 0) & (numbers < 1), numbers, np.nan)


def _number(cell: Cell) -> float:
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def _take_distributions(cells: np.ndarray, column: LabelColumn, soft: np.ndarray) -> np.ndarray:
    """Write distributions over the classes of a column to `soft`; return the other cells."""
    if cells.dtype.kind in "iub":
        return cells
    left: np.ndarray = cells.astype(object)
    for row, cell in enumerate(cells):
        parts = cell if isinstance(cell, Mapping) else _parts(cell, column.names)
        if parts is None:
            if column.number is None and 0 < _number(cell) < 1 and str(cell) not in column.names:
                example = "+".join(f"{name}:0.5" for name in column.names[:2])
                raise _wrong(row, column, cell, f"a class, or its probability as in {example}")
            continue
        if not parts:
            raise _wrong(row, column, cell, "a class, or probabilities by class")
        left[row] = None
        for name, value in parts.items():
            p = _number(value)
            if str(name) not in column.names:
                close = nearest(str(name), column.names)
                hint = f" (did you mean {close!r}?)" if close else ""
                raise _wrong(row, column, name, f"one of {', '.join(column.names)}{hint}")
            if not 0 <= p <= 1:
                raise _wrong(row, column, value, "a probability in [0, 1]")
            soft[row, column.places[column.names.index(str(name))]] = p
    return left


def _parts(cell: Cell, names: Sequence[str]) -> dict[str, str] | None:
    """Return `red:0.7+blue:0.3` by class, `None` for a cell that is none such."""
    if not isinstance(cell, str) or cell.strip() in names or ":" not in cell:
        return None
    found = {}
    for part in cell.split("+"):
        name, colon, value = part.rpartition(":")
        if not colon or np.isnan(_number(value)):
            return None
        found[name.strip()] = value
    return found


def _together(hard: np.ndarray, soft: np.ndarray, columns: Sequence[LabelColumn]) -> np.ndarray:
    """Return hard and soft labels in one array; the probabilities of a column must fit."""
    out = hard.astype(np.float64)
    there = ~np.isnan(soft)
    for column in columns:
        places = np.array(column.places)
        rows = np.flatnonzero(there[:, places].any(axis=1))
        if not len(rows):
            continue
        own = np.where(there[:, places], soft[:, places], out[:, places])[rows]
        if column.of_classes:
            own = _whole(own, hard[np.ix_(rows, places)], rows, column)
        out[np.ix_(rows, places)] = own
    return out


def _whole(own: np.ndarray, hard: np.ndarray, rows: np.ndarray, column: LabelColumn) -> np.ndarray:
    """Return the probabilities of a column; where nothing is left, its other classes are out."""
    total = np.where(own > 0, own, 0.0).sum(axis=1)
    is_open = (own == UNKNOWN).any(axis=1)
    bad = (total > 1 + _SLACK) | (~is_open & (total < 1 - _SLACK)) | (hard == 1).any(axis=1)
    if bad.any():
        at = int(bad.argmax())
        given = {n: float(p) for n, p in zip(column.names, own[at], strict=True) if p >= 0}
        raise _wrong(int(rows[at]), column, given, "probabilities that sum to 1")
    done = total >= 1 - _SLACK
    own = np.where(done[:, None], np.maximum(own, 0.0) / np.maximum(total, 1e-12)[:, None], own)
    return np.where(own >= 1 - 1e-12, 1.0, own)


def _wrong(row: int, column: LabelColumn, value: object, expected: str) -> LabelError:
    return LabelError(row=row, column=column.name, value=value, expected=expected)


def _with_probability(error: LabelError) -> LabelError:
    """Return the error of a yes/no label with what fits where it may be soft."""
    if not (error.expected or "").startswith(_YES_NO):
        return error
    where = {name: getattr(error, name) for name in ("place", "row", "column", "value", "count")}
    return LabelError(expected=_FITS, **where)
