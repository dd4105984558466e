"""From label columns as people write them to a label spec and int32 labels."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.classes import check_classes, natural
from labelfeed.data.dataset import DataError
from labelfeed.data.distinct import read_once
from labelfeed.data.label_kinds import spec_of_columns
from labelfeed.labels.arrays import unmasked
from labelfeed.labels.encoding import UNKNOWN, LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.labels.words import UNKNOWN_LABEL, MissingWords, is_missing
from labelfeed.types import Cells, Labels

__all__ = ["as_text", "class_texts", "multi_labels", "single_labels", "spec_columns"]

_WHOLE = re.compile(r"[+-]?\d+\.0+")
_COUNTED = " Rows count from 1, without the header."


def as_text(values: Cells, words: MissingWords = UNKNOWN_LABEL) -> np.ndarray:
    """Return class values as text, `None` where missing: 1, 1.0, "1" and "1.0" are all "1".

    Args:
        values: One value per row, of any type.
        words: The words that mean missing; by default those of a label, -1 among them.

    Returns:
        Object array of shape `(n,)` of strings and `None`.

    Example:
        >>> as_text([1.0, "1.0", " benign ", None, ""]).tolist()
        ['1', '1', 'benign', None, None]
    """
    values = unmasked(values)
    once = read_once(values, lambda value: _text(value, words))
    if once is not None:
        return once
    column = np.asarray(values, dtype=object)
    texts: dict[Any, str | None] = {}
    out = np.empty(len(column), dtype=object)
    for row, value in enumerate(column):
        key = (type(value), value) if isinstance(value, (str, int, float, bool)) else None
        if key is not None and key in texts:
            out[row] = texts[key]
            continue
        out[row] = _text(value, words)
        if key is not None:
            texts[key] = out[row]
    return out


def _text(value: object, words: MissingWords) -> str | None:
    if is_missing(value, words):
        return None
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, (float, np.floating)) and math.isfinite(value) and value == int(value):
        value = int(value)
    text = str(value).strip()
    if _WHOLE.fullmatch(text):
        text = text.partition(".")[0]
    return None if text in words else text


def class_texts(values: Cells, classes: Iterable[str] | None) -> np.ndarray:
    """Return `as_text` for a label of known classes: a class called `unknown` or `NA` is one."""
    return as_text(values, UNKNOWN_LABEL.but(classes))


def spec_columns(spec: LabelSpec) -> tuple[str, ...]:
    """Return the names of the columns that hold the labels of `spec`."""
    return tuple(column.name for column in spec.label_columns)


def single_labels(
    values: Cells, name: str, spec: LabelSpec | None, source: str
) -> tuple[np.ndarray, LabelSpec]:
    """Return int32 labels of shape `(n,)` and their spec, made from the values when `None`.

    Raises:
        DataError: No label at all, one class only, or a column of measurements.
        LabelError: A class that `spec` does not have; the message names row and column.
    """
    texts = class_texts(values, None if spec is None else spec.names)
    if spec is None:
        classes = sorted({t for t in texts if t is not None}, key=natural)
        check_classes(classes, texts, values, name, source)
        spec = LabelSpec.single(classes, name=name)
    return _encode(spec, texts, source), spec


def multi_labels(
    columns: Mapping[str, Cells], spec: LabelSpec | None, source: str, name: str = "labels"
) -> tuple[np.ndarray, LabelSpec, tuple[str, ...]]:
    """Return int32 labels of shape `(n, num_labels)`, their spec, and notes.

    Args:
        columns: Values by column, in the order of the columns: yes/no, or classes.
        spec: Spec of a saved run, or `None` to make it from the names of the columns.
        source: The file, for messages.
        name: Name of a new spec.

    Raises:
        DataError: No label at all, or every label is constant.
        LabelError: A value that is not yes, no or missing, or a class that `spec` does not have;
            names row and column.
    """
    fresh = spec is None
    names = {} if spec is None else {c.name: c.names for c in spec.label_columns if c.of_classes}
    texts = {key: class_texts(values, names.get(key)) for key, values in columns.items()}
    if spec is None:
        spec = spec_of_columns(texts, source, name)
    labels = _encode(spec, texts, source)
    if not fresh:
        return labels, spec, ()
    if np.all(labels == UNKNOWN):
        raise DataError(f"{source}: all labels are missing in {', '.join(columns)}.")
    notes = []
    for column in spec.label_columns:
        ids = column.ids(labels)
        found = np.unique(ids[ids != UNKNOWN])
        if len(found) == 0:
            what = "is unknown in every row"
        elif len(found) == 1:
            what = f"is always {column.name_of(int(found[0]))}"
        else:
            continue
        notes.append(f"label {column.name!r} {what}: nothing can be learned about it")
    if len(notes) == len(columns):
        raise DataError(f"{source}: nothing to learn: {'; '.join(notes)}.")
    return labels, spec, tuple(notes)


def _encode(spec: LabelSpec, values: Labels, source: str) -> np.ndarray:
    """Encode texts as `as_text` gives them: each different one once, all of them for an error."""
    try:
        try:
            return _encode_once(spec, values)
        except LabelError:
            return spec.encode(values, first_row=1)
    except LabelError as error:
        raise error.within(source, _COUNTED) from error


def _encode_once(spec: LabelSpec, values: Labels) -> np.ndarray:
    if not spec.shape:
        places, cells = _distinct_texts(values)
        return spec.encode(cells)[places]
    columns = {column.name: column for column in spec.label_columns}
    labels = np.full((len(next(iter(values.values()))), *spec.shape), UNKNOWN, np.int32)
    for name, texts in values.items():
        places, cells = _distinct_texts(texts)
        found = spec.encode({name: cells})
        at = list(columns[name].places)
        labels[:, at] = found[:, at][places]
    return labels


def _distinct_texts(texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    places, found = pd.factorize(texts)
    return places, np.array([*found, None], object)  # -1, missing, is the last
