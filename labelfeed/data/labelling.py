"""From label columns as people write them to a label spec and int32 labels."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labelfeed.data.dataset import DataError
from labelfeed.encoding import UNKNOWN, LabelError, is_missing
from labelfeed.labels import LabelSpec

__all__ = ["as_text", "multi_labels", "single_labels", "spec_columns"]

_WHOLE = re.compile(r"[+-]?\d+\.0+")
_MISSING = frozenset({"", "-1", "nan", "none", "null", "na", "n/a", "<na>", "unknown", "?"})
_MOST_CLASSES = 20
_COUNTED = " Rows count from 1, without the header."


def as_text(values: Any) -> np.ndarray:
    """Return class values as text, `None` where missing: 1, 1.0, "1" and "1.0" are all "1".

    Args:
        values: One value per row, of any type.

    Returns:
        Object array of shape `(n,)` of strings and `None`.

    Example:
        >>> as_text([1.0, "1.0", " benign ", None, ""]).tolist()
        ['1', '1', 'benign', None, None]
    """
    column = np.asarray(values, dtype=object)
    texts: dict[Any, str | None] = {}
    out = np.empty(len(column), dtype=object)
    for row, value in enumerate(column):
        key = (type(value), value) if isinstance(value, (str, int, float, bool)) else None
        if key is not None and key in texts:
            out[row] = texts[key]
            continue
        out[row] = _text(value)
        if key is not None:
            texts[key] = out[row]
    return out


def _text(value: Any) -> str | None:
    if is_missing(value):
        return None
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, (float, np.floating)) and math.isfinite(value) and value == int(value):
        value = int(value)
    text = str(value).strip()
    if _WHOLE.fullmatch(text):
        text = text.partition(".")[0]
    return None if text.lower() in _MISSING else text


def spec_columns(spec: LabelSpec) -> tuple[str, ...]:
    """Return the names of the columns that hold the labels of `spec`."""
    if spec.kind == "single":
        return (spec.name,)
    return tuple(spec.name_of(i) for i in range(spec.num_classes))


def single_labels(
    values: Any, name: str, spec: LabelSpec | None, source: str
) -> tuple[np.ndarray, LabelSpec]:
    """Return int32 labels of shape `(n,)` and their spec, made from the values when `None`.

    Raises:
        DataError: No label at all, one class only, or a column of measurements.
        LabelError: A class that `spec` does not have; the message names row and column.
    """
    texts = as_text(values)
    if spec is None:
        classes = sorted({t for t in texts if t is not None}, key=_natural)
        _check_classes(classes, texts, values, name, source)
        spec = LabelSpec.single(classes, name=name)
    return _encode(spec, texts, source), spec


def multi_labels(
    columns: Mapping[str, Any], spec: LabelSpec | None, source: str, name: str = "labels"
) -> tuple[np.ndarray, LabelSpec, tuple[str, ...]]:
    """Return int32 labels of shape `(n, num_labels)`, their spec, and notes.

    Args:
        columns: Yes/no values by label name, in the order of the labels.
        spec: Spec of a saved run, or `None` to make it from the names of the columns.
        source: The file, for messages.
        name: Name of a new spec.

    Raises:
        DataError: No label at all, or every label is constant.
        LabelError: A value that is not yes, no or missing; names row and column.
    """
    fresh = spec is None
    if spec is None:
        spec = LabelSpec.multi(list(columns), name=name)
    texts = {key: as_text(values) for key, values in columns.items()}
    labels = _encode(spec, texts, source)
    if not fresh:
        return labels, spec, ()
    if np.all(labels == UNKNOWN):
        raise DataError(f"{source}: all labels are missing in {', '.join(columns)}.")
    notes = []
    for index, key in enumerate(columns):
        found = np.unique(labels[:, index][labels[:, index] != UNKNOWN])
        if len(found) == 0:
            notes.append(f"label {key!r} is unknown in every row: nothing can be learned about it")
        elif len(found) == 1:
            notes.append(f"label {key!r} is always {found[0]}: nothing can be learned about it")
    if len(notes) == len(columns):
        raise DataError(f"{source}: nothing to learn: {'; '.join(notes)}.")
    return labels, spec, tuple(notes)


def _check_classes(
    classes: Sequence[str], texts: np.ndarray, values: Any, name: str, source: str
) -> None:
    """Refuse a target that is empty, constant or a measurement."""
    where = f"{source}: the target {name!r}"
    if not classes:
        raise DataError(f"{where} is missing in every row; nothing can be learned.")
    if len(classes) == 1:
        minus = any(str(v).strip() in ("-1", "-1.0") for v in np.asarray(values, dtype=object))
        hint = " -1 means unknown here: write that class with another value." if minus else ""
        raise DataError(f"{where} has only one class, {classes[0]!r}; expected two or more.{hint}")
    known = sum(t is not None for t in texts)
    numeric = [_number(c) for c in classes]
    measured = any(n is not None and not n.is_integer() for n in numeric) and None not in numeric
    if len(classes) > _MOST_CLASSES and measured:
        raise DataError(
            f"{where} has {len(classes)} different decimal numbers in {known} rows: it looks like "
            "a measurement, not a class. Cut it into classes first."
        )
    if len(classes) > _MOST_CLASSES and len(classes) > 0.5 * known:
        raise DataError(
            f"{where} has {len(classes)} different values in {known} labelled rows (for example "
            f"{classes[0]!r}): it looks like an identifier or a measurement, not a class."
        )


def _encode(spec: LabelSpec, values: Any, source: str) -> np.ndarray:
    try:
        return spec.encode(values, first_row=1)
    except LabelError as error:
        raise LabelError(f"{source}: {error}{_COUNTED}") from error


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _natural(text: str) -> tuple[int, float, str]:
    """Sort numbers by value and before words."""
    number = _number(text)
    if number is None or math.isnan(number):
        return (1, 0.0, text)
    return (0, number, text)
