"""From label columns as people write them to a label spec and int32 labels."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.classes import check_classes, natural
from labelfeed.data.dataset import DataError, Numbers
from labelfeed.data.distinct import read_once
from labelfeed.data.label_cells import label_cells
from labelfeed.data.label_kinds import spec_of_columns
from labelfeed.data.spellings import Spelling
from labelfeed.labels.arrays import unmasked
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import NO_RULES, UNKNOWN, LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.labels.words import EMPTY, MissingWords, is_missing, yes_no
from labelfeed.types import Cells, Labels

__all__ = [
    "COUNTED",
    "Labelled",
    "as_text",
    "constant_notes",
    "encode_labels",
    "multi_labels",
    "single_labels",
    "spec_columns",
]

_WHOLE = re.compile(r"[+-]?\d+\.0+")
COUNTED = " Rows count from 1, without the header."


@dataclasses.dataclass(frozen=True)
class Labelled:
    """Labels of a file as they were read.

    Args:
        labels: int32 array `(n,)` or `(n, num_labels)`, -1 unknown.
        spec: What they may be.
        notes: What the user should know.
        soft: Soft targets of uncertain cells, as `Dataset.soft`.
        spellings: What each spelling was read as.
        numbers: By name the columns that are numbers, as `Dataset.numbers`.
    """

    labels: np.ndarray
    spec: LabelSpec
    notes: tuple[str, ...] = ()
    soft: np.ndarray | None = None
    spellings: tuple[Spelling, ...] = ()
    numbers: Mapping[str, Numbers] = dataclasses.field(default_factory=dict)


def as_text(values: Cells, words: MissingWords = EMPTY) -> np.ndarray:
    """Return class values as text, `None` where missing: 1, 1.0, "1" and "1.0" are all "1".

    Args:
        values: One value per row, of any type.
        words: The words that mean missing; by default the empty cell alone.

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


def spec_columns(spec: LabelSpec) -> tuple[str, ...]:
    """Return the names of the columns that hold the labels of `spec`."""
    return tuple(column.name for column in spec.label_columns)


def single_labels(
    values: Cells, name: str, spec: LabelSpec | None, source: str, cells: CellRules = NO_RULES
) -> Labelled:
    """Return labels `(n,)` and their spec, made from the values when `None`.

    Raises:
        DataError: No label at all, one class only, or a column of measurements.
        LabelError: A class that `spec` does not have, or -1 that can mean several things; the
            message names row and column.
    """
    texts = as_text(values)
    column = None if spec is None else spec.label_columns[0]
    read = label_cells(name, texts, cells, source, column, single=True)
    if spec is None:
        classes = sorted({t for t in read.texts if t is not None}, key=natural)
        check_classes(classes, read.texts, name, source)
        spec = LabelSpec.single(classes, name=name)
    return Labelled(encode_labels(spec, read.texts, source), spec, spellings=read.spellings)


def multi_labels(
    columns: Mapping[str, Cells],
    spec: LabelSpec | None,
    source: str,
    name: str = "labels",
    cells: CellRules = NO_RULES,
) -> Labelled:
    """Return labels `(n, num_labels)`, their spec, and notes.

    Args:
        columns: Values by column, in the order of the columns: yes/no, or classes.
        spec: Spec of a saved run, or `None` to make it from the names of the columns.
        source: The file, for messages.
        name: Name of a new spec.
        cells: What was declared of cells that are no plain values.

    Raises:
        DataError: No label at all, or every label is constant.
        LabelError: A value that is not yes, no or missing, a class that `spec` does not have, or -1
            that can mean several things; names row and column.
    """
    of = {} if spec is None else {column.name: column for column in spec.label_columns}
    read = {
        key: label_cells(key, as_text(values), cells, source, of.get(key))
        for key, values in columns.items()
    }
    texts = {key: found.texts for key, found in read.items()}
    fresh = spec is None
    if spec is None:
        kept = {
            key: {s.read_as for s in found.spellings if _is_class(s, cells)}
            for key, found in read.items()
        }
        spec = spec_of_columns(texts, source, name, kept)
    labels = encode_labels(spec, texts, source)
    soft = np.full(labels.shape, np.nan, np.float32)
    for column in spec.label_columns:
        if column.name in read and not column.of_classes:
            soft[:, column.places[0]] = read[column.name].soft
    spellings = tuple(entry for found in read.values() for entry in found.spellings)
    notes = constant_notes(labels, spec, soft, source, list(columns)) if fresh else ()
    has_soft = not np.isnan(soft).all()
    return Labelled(labels, spec, notes, soft if has_soft else None, spellings)


def _is_class(entry: Spelling, cells: CellRules) -> bool:
    """Tell whether a spelling is a class for certain, and no mistake among yes and no."""
    word = entry.read_as if yes_no(entry.read_as) is None else ""
    sure = entry.guessed or entry.state == "uncertain" or cells.declared(entry.spelling) == "keep"
    return bool(word) and sure and entry.state != "unknown"


def constant_notes(
    labels: np.ndarray, spec: LabelSpec, soft: np.ndarray, source: str, columns: list[str]
) -> tuple[str, ...]:
    """Return a line for each label that is the same in every row; raise if all are."""
    if np.all(labels == UNKNOWN) and np.isnan(soft).all():
        raise DataError(f"{source}: all labels are missing in {', '.join(columns)}.")
    notes = []
    for column in spec.label_columns:
        ids = column.ids(labels)
        found = np.unique(ids[ids != UNKNOWN])
        if not column.of_classes and not np.isnan(soft[:, column.places[0]]).all():
            continue
        if len(found) == 0:
            what = "is unknown in every row"
        elif len(found) == 1:
            what = f"is always {column.name_of(int(found[0]))}"
        else:
            continue
        notes.append(f"label {column.name!r} {what}: nothing can be learned about it")
    if len(notes) == len(spec.label_columns):
        raise DataError(f"{source}: nothing to learn: {'; '.join(notes)}.")
    return tuple(notes)


def encode_labels(
    spec: LabelSpec, values: Labels, source: str, cells: CellRules | None = None
) -> np.ndarray:
    """Return encoded labels of a file; errors name the file, and say how rows count.

    Texts as `as_text` gives them are encoded each different one once, all of them for an error.
    """
    try:
        try:
            return _encode_once(spec, values, cells)
        except LabelError:
            return spec.encode(values, first_row=1, cells=cells)
    except LabelError as error:
        raise error.within(source, COUNTED) from error


def _encode_once(spec: LabelSpec, values: Labels, cells: CellRules | None) -> np.ndarray:
    if not isinstance(values, Mapping):
        places, found = _distinct_texts(values)
        return spec.encode(found, cells=cells)[places]
    columns = {column.name: column for column in spec.label_columns}
    labels = np.full((len(next(iter(values.values()))), *spec.shape), UNKNOWN, np.int32)
    for name, texts in values.items():
        places, found = _distinct_texts(texts)
        encoded = spec.encode({name: found}, cells=cells)
        at = list(columns[name].places)
        labels[:, at] = encoded[:, at][places]
    return labels


def _distinct_texts(texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    places, found = pd.factorize(texts)
    return places, np.array([*found, None], object)  # -1, missing, is the last
