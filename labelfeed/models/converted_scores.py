"""What a converted estimator says, before it is probabilities: the end of its network."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from keras import ops

from labelfeed.estimators.errors import EstimatorError
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Tensor

__all__ = ["Converted", "class_logits", "joined", "probabilities", "share_logits"]

LEAST = 1e-7
"""Smallest probability that has a logarithm; leaves of a forest say 0."""


class Converted(NamedTuple):
    """One output of a model, or several of two classes each.

    Args:
        kind: `"log-odds"`: `(n, outputs)`, one number for each output of two classes. `"logits"`:
            `(n, classes)`, log-probabilities up to a constant. `"probabilities"`: `(n, classes)`.
            `"numbers"`: what a regressor predicts.
        tensor: Symbolic tensor.
    """

    kind: Literal["log-odds", "logits", "probabilities", "numbers"]
    tensor: Tensor


def probabilities(scores: Converted) -> Tensor:
    """Return the probabilities of the classes, those of several outputs beside one another."""
    z = scores.tensor
    if scores.kind == "log-odds":
        pairs = ops.stack([ops.sigmoid(-z), ops.sigmoid(z)], axis=-1)
        return ops.reshape(pairs, (-1, 2 * z.shape[1]))
    return ops.softmax(z, axis=-1) if scores.kind == "logits" else z


def class_logits(scores: Converted) -> Tensor:
    """Return logits of the classes: softmax over an output's classes gives its probabilities.

    Raises:
        EstimatorError: A regressor has none.
    """
    z = scores.tensor
    if scores.kind == "numbers":
        raise EstimatorError("A regressor has no logits: expected a classifier.")
    if scores.kind == "log-odds":
        return ops.reshape(ops.stack([-z / 2, z / 2], axis=-1), (-1, 2 * z.shape[1]))
    return z if scores.kind == "logits" else ops.log(ops.clip(z, LEAST, 1.0))


def joined(parts: list[Tensor]) -> Tensor:
    """Return tensors beside one another."""
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)


def share_logits(p: Tensor, spec: LabelSpec, least: float) -> Tensor:
    """Return log-odds of yes/no places and log-probabilities of classes, clipped at `least`."""
    absent = ops.log(ops.clip(1.0 - p, least, 1.0))
    present = ops.log(ops.clip(p, least, 1.0))
    yes_no = np.ones((1, spec.num_classes), np.float32)
    for column in spec.label_columns:
        yes_no[:, list(column.places)] = not column.of_classes
    if yes_no.all():
        return present - absent
    return present - absent * yes_no if yes_no.any() else present
