"""What questions and explanations share: one row under several states of knowledge."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from labelfeed.labels.arrays import unmasked
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN, LabelError
from labelfeed.labels.soft import soft_known_of_rows
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.predictor import Predictor
from labelfeed.runs.kept import KeptRun
from labelfeed.types import AnyModel, Features, Labels


@dataclasses.dataclass(frozen=True)
class Target:
    """A label in question: a column, or one yes/no label or class of it."""

    name: str
    column: LabelColumn
    place: int | None  # of the one label; None for a whole column of classes

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its states."""
        whole = self.place is None or not self.column.of_classes
        return self.column.names if whole else ("0", "1")

    def distribution(self, output: np.ndarray) -> np.ndarray:
        """Return the probabilities of its states, `(n, states)`, out of `(n, num_labels)`."""
        if self.place is None:
            return answers(self.column, output)
        p = output[:, self.place]
        return np.stack([1 - p, p], axis=1)


def answers(column: LabelColumn, output: np.ndarray) -> np.ndarray:
    """Return the probabilities of a column's answers, `(n, num_classes)`; they sum to one."""
    p = column.probabilities(output)
    return p / np.maximum(p.sum(axis=1, keepdims=True), 1e-12)


def find_target(spec: LabelSpec, name: str) -> Target:
    """Return the label of this name; raise `LabelError` if there is none."""
    for column in spec.label_columns:
        if column.name == name:
            return Target(name, column, None if column.of_classes else column.places[0])
        for place in column.places:
            if spec.name_of(place) == name:
                return Target(name, column, place)
    names = [column.name for column in spec.label_columns]
    what = f"There is no label {name!r}; expected one of {names}."
    raise LabelError(what, value=name, expected=f"one of {names}")


def partly_known(model: AnyModel) -> Predictor:
    """Return the predictor of a model; raise `ValueError` unless it reads several labels."""
    predictor = model.predictor if isinstance(model, KeptRun) else model
    if not isinstance(predictor, Predictor):
        from labelfeed.models.wrapping import as_predictor  # needs Keras

        predictor = as_predictor(model)
    if len(predictor.spec.label_columns) < 2 or not predictor.reads_label:
        raise ValueError(
            "Expected a LabelFedModel or Run of several labels, of which some can be known while "
            f"others are not; got a {predictor.what} with {predictor.spec!r}."
        )
    return predictor


def encode_row(spec: LabelSpec, known: Labels) -> np.ndarray:
    """Return what is known about one row, `(num_labels,)`: ids, float where some are soft."""
    if known is None:
        return np.full(spec.num_classes, UNKNOWN, np.int32)
    rows = [known] if isinstance(known, Mapping) else np.atleast_2d(np.asarray(unmasked(known)))
    encoded = soft_known_of_rows(rows, len(rows), spec)
    if len(encoded) != 1:
        raise LabelError(f"Expected what is known about one row, got {len(encoded)} rows.")
    row: np.ndarray = encoded[0]
    return row


def with_ids(row: np.ndarray, column: LabelColumn, state: int) -> np.ndarray:
    """Return a row of labels with one column set to a class id, or to unknown."""
    changed = row.copy()
    changed[list(column.places)] = column.labels(np.array([state]))[0]
    return changed


def known_columns(spec: LabelSpec, row: np.ndarray) -> list[LabelColumn]:
    """Return the columns about which something is known."""
    return [c for c in spec.label_columns if (row[list(c.places)] != UNKNOWN).any()]


def predict_row(predictor: Predictor, row: Features, known: np.ndarray) -> np.ndarray:
    """Return probabilities of one row under several states of knowledge, float64."""
    count = len(known)
    if hasattr(row, "iloc"):
        return predictor.probabilities(row.iloc[[0] * count], known)
    row = mapped(np.asarray, row)
    if not isinstance(row, (dict, list, tuple)):
        axes = 1 if predictor.feature_shapes is None else len(predictor.feature_shapes[0])
        row = row[None] if row.ndim == axes else row
    rows = mapped(lambda part: np.repeat(part, count, axis=0), row)
    return predictor.probabilities(rows, known)


def mapped(function: Callable[[Features], np.ndarray], x: Features) -> Features:
    """Return features, alone or in a list or dict, each put through a function."""
    if isinstance(x, Mapping):
        return {key: mapped(function, value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [mapped(function, value) for value in x]
    return function(x)
