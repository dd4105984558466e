"""What conditions a row, as people write it, made arrays: labels, side labels, numbers, columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.known import known_of_rows
from labelfeed.labels.nearest import listed, nearest, plain_spelling
from labelfeed.labels.soft import hard_part, soft_columns, soft_known_of_rows
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.values import complete_sides
from labelfeed.types import ArrayLike, Labels, SideValues

__all__ = ["flagged", "given_columns", "ids_of_known", "ids_of_sides", "numbers_of_rows", "whole"]


def ids_of_known(known: Labels, rows: int, spec: LabelSpec, seed: int | None = None) -> np.ndarray:
    """Return the labels to generate rows for, int32 `(rows,)` or `(rows, num_labels)`.

    Args:
        known: `None`: all unknown; else as for `predict(known=)`. Names whose case or spaces alone
            differ are matched. Of a soft label each row draws its own: `{class: probability}`, of
            yes/no labels a number between 0 and 1.
        rows: How many rows.
        spec: The label's spec.
        seed: Of these draws.

    Raises:
        LabelError: A label does not fit; the message suggests the nearest name.
        ValueError: A key is no label, or the number of rows differs.

    Example:
        >>> spec = LabelSpec.single(["benign", "malignant"], name="diagnosis")
        >>> ids_of_known({"Diagnosis": "Malignant"}, 2, spec).tolist()
        [1, 1]
    """
    if known is None:
        return np.full((rows, *spec.shape), UNKNOWN, np.int32)
    heads = {column.name: column.names for column in spec.label_columns}
    if isinstance(known, Mapping):
        names = [*heads, *(spec.name_of(i) for i in range(spec.num_classes if spec.shape else 0))]
        known = {_name(key, names): value for key, value in known.items()}
        known = {key: _spelt(value, heads.get(key, ())) for key, value in known.items()}
    elif not spec.shape:
        known = _spelt(known, heads[spec.name])
    if spec.shape:
        return _drawn(soft_known_of_rows(known, rows, spec), spec, seed)
    soft = _distribution(known, rows, spec)
    return known_of_rows(known, rows, spec) if soft is None else _picked(soft, _rng(seed))


def ids_of_sides(sides: SideValues, rows: int, specs: Sequence[LabelSpec]) -> list[np.ndarray]:
    """Return the ids of each side label, -1 where it is unknown, as `complete_sides` does."""
    if isinstance(sides, Mapping):
        of = {spec.name: spec for spec in specs}
        sides = {_name(key, list(of)): value for key, value in sides.items()}
        sides = {
            key: value if of[key].shape else _spelt(value, of[key].names or ())
            for key, value in sides.items()
        }
    return complete_sides(specs, sides, rows)


def given_columns(given: ArrayLike | None, rows: int, d: int) -> np.ndarray:
    """Return columns that are given, float32 `(rows, d)` with NaN where x is to be generated.

    Args:
        given: `None`, `(rows, d)`, or `(d,)` for all rows.
        rows: How many rows.
        d: How many columns x has.

    Raises:
        ValueError: The shape does not fit, or a value is infinite.
    """
    if given is None:
        return np.full((rows, d), np.nan, np.float32)
    try:
        array = np.asarray(given, np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"given must be numbers {(rows, d)} or {(d,)}: {error}") from error
    array = np.broadcast_to(array, (rows, d)) if array.shape == (d,) else array
    if array.shape != (rows, d) or np.isinf(array).any():
        raise ValueError(
            f"given must be finite numbers of shape {(rows, d)} or {(d,)}, NaN where a value is "
            f"to be generated; got the shape {array.shape}."
        )
    return array


def numbers_of_rows(numbers: ArrayLike | None, rows: int, count: int) -> np.ndarray:
    """Return the numbers that condition, float32 `(rows, count)`, NaN where unknown.

    Args:
        numbers: `None`, `(rows, count)`, `(rows,)` if there is one, or `(count,)` for all rows.
        rows: How many rows.
        count: How many numbers the network takes.

    Raises:
        ValueError: The shape does not fit, or a value is infinite.
    """
    if numbers is None:
        return np.full((rows, count), np.nan, np.float32)
    array = np.asarray(numbers, np.float32)
    if array.ndim == 0 or array.shape == (count,):
        array = np.broadcast_to(np.atleast_1d(array), (rows, count))
    elif array.shape == (rows,) and count == 1:
        array = array[:, None]
    if array.shape != (rows, count) or np.isinf(array).any():
        raise ValueError(
            f"numbers must be finite and of shape {(rows, count)} or {(count,)}, NaN where "
            f"unknown; got the shape {array.shape}."
        )
    return array


def flagged(values: np.ndarray) -> np.ndarray:
    """Return `(n, d)` with NaN as `(n, 2 d)`: values, 0 for NaN, and flags, 1 where there is one.

    Example:
        >>> flagged(np.array([[3.0, np.nan]])).tolist()
        [[3.0, 0.0, 1.0, 0.0]]
    """
    known = ~np.isnan(values)
    return np.concatenate([np.where(known, values, 0), known], axis=1).astype(np.float32)


def whole(name: str, value: object, least: int) -> int:
    """Return a whole number, or say that it is none or too small."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be a whole number >= {least}, got {value!r}.")
    return int(value)


def _distribution(known: Labels, rows: int, spec: LabelSpec) -> np.ndarray | None:
    """Return class probabilities `(rows, num_classes)` of a single label, `None` if it is hard."""
    cell = known.get(spec.name) if isinstance(known, Mapping) else known
    if isinstance(cell, Mapping):
        names = [spec.name_of(i) for i in range(spec.num_classes)]
        by_place = {names.index(_name(key, names)): float(p) for key, p in cell.items()}
        p = np.array([by_place.get(place, 0.0) for place in range(spec.num_classes)])[None]
    else:
        p = np.asarray(cell)
        if p.ndim != 2 or p.dtype.kind != "f" or p.shape[1] != spec.num_classes:
            return None
    if not (p >= 0).all() or np.abs(p.sum(axis=1) - 1).max(initial=0) > 1e-3:
        raise ValueError(f"The probabilities of {spec.name!r} must be >= 0 and sum to 1: {cell!r}.")
    if len(p) not in (1, rows):
        raise ValueError(f"known= has {len(p)} rows, expected {rows}.")
    return np.broadcast_to(p, (rows, spec.num_classes))


def _drawn(known: np.ndarray, spec: LabelSpec, seed: int | None) -> np.ndarray:
    """Return yes/no labels and columns of classes as ids, soft ones drawn for each row."""
    if known.dtype.kind != "f":
        return known
    out, rng = hard_part(known), _rng(seed)
    for column, soft in zip(spec.label_columns, soft_columns(known, spec).T, strict=True):
        places, rows = np.array(column.places), np.flatnonzero(soft)
        p = known[np.ix_(rows, places)]
        if not column.of_classes:
            out[rows, places[0]] = rng.random(len(rows)) < p[:, 0]
            continue
        rest = np.where(p < 0, (1 - p.clip(min=0).sum(1, keepdims=True)), p)
        rest = np.where(p < 0, rest / np.maximum((p < 0).sum(1, keepdims=True), 1), p)
        chosen = _picked(rest, rng)
        out[np.ix_(rows, places)] = np.arange(len(places)) == chosen[:, None]
    return out


def _picked(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a class for each row of probabilities, int32 `(rows,)`."""
    bounds = np.cumsum(p / p.sum(axis=1, keepdims=True), axis=1)
    found = (rng.random((len(p), 1)) >= bounds).sum(axis=1)
    return found.clip(max=p.shape[1] - 1).astype(np.int32)


def _rng(seed: int | None) -> np.random.Generator:
    """Return a generator whose numbers have nothing to do with the noise of the same seed."""
    return np.random.default_rng(None if seed is None else [seed, 1])


def _name(key: object, names: Sequence[str]) -> str:
    """Return the name that a key is, in whatever case, or say which is near."""
    if key in names:
        return str(key)
    meant = nearest(str(key), names)
    if meant is not None and plain_spelling(str(key)) == plain_spelling(meant):
        return meant
    hint = f" Did you mean {meant!r}?" if meant else ""
    raise ValueError(f"There is no label {key!r}; expected {listed(list(names))}.{hint}")


def _spelt(value: Labels, names: Sequence[str]) -> Labels:
    """Return a class name, or a list of them, in the spelling of the spec."""
    if isinstance(value, str):
        if value in names:
            return value
        same = [name for name in names if plain_spelling(name) == plain_spelling(value)]
        return same[0] if len(same) == 1 else value
    if isinstance(value, (list, tuple)) or getattr(value, "dtype", "") == "object":
        return [_spelt(v, names) if isinstance(v, str) else v for v in value]
    return value
