"""The plain model of a split, and what a fitted blend says of its test rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labelfeed.comparison.design import Point, PreparedSplit
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import probabilities_of
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Plain

__all__ = ["Predict", "as_given", "plain_model", "reading", "reads_labels"]

Predict = Callable[[Point], np.ndarray]


def plain_model(split: PreparedSplit, plain: Plain, seed: int, read: bool) -> LabelFedClassifier:
    """Return the fitted plain model of a split.

    Args:
        split: The rows.
        plain: As for `LabelFedClassifier`.
        seed: Of its folds and models.
        read: Whether it also learns what known labels tell.
    """
    model = LabelFedClassifier(plain, split.spec, read=read, seed=seed)
    labels = as_given(split.y, split.spec)
    return model.fit(split.x, labels, groups=split.groups, sample_weight=split.weight)


def as_given(y: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return labels `(n, places)` as `LabelFedClassifier.fit` takes them: of one label its ids."""
    return spec.label_columns[0].ids(y) if spec.kind == "single" else y


def reads_labels(split: PreparedSplit) -> bool:
    """Return whether there are other labels of a row to read."""
    return len(split.spec.label_columns) > 1 and not split.side_specs


def reading(
    split: PreparedSplit, model: LabelFedClassifier, shift: float | np.ndarray = 0.0
) -> Predict:
    """Return what a blend says of the test rows, with the labels that are known of them.

    Args:
        split: The rows.
        model: The blend; it reads labels if it has learned to.
        shift: Added to its logits, `(places,)`.
    """
    z = model.plain_logits(split.test_x)

    def predict(point: Point) -> np.ndarray:
        delta = 0.0 if model.readers_ is None else model.readers_.delta(z, point.known)
        return probabilities_of(z + delta + shift, split.spec)

    return predict
