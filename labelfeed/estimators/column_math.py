"""Probabilities, losses and log-odds of label columns: sigmoid of yes/no, softmax of classes."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = [
    "base_logits",
    "column_losses",
    "column_of_place",
    "known_columns",
    "logits_of",
    "probabilities_of",
]

TINY = 1e-12


def column_of_place(spec: LabelSpec) -> np.ndarray:
    """Return int array `(places,)`: which label column each place belongs to."""
    return np.repeat(
        np.arange(len(spec.label_columns)), [len(c.places) for c in spec.label_columns]
    )


def probabilities_of(logits: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return `(n, places)` probabilities: softmax over a column of classes, sigmoid of yes/no.

    Args:
        logits: `(n, places)`, log-odds of yes/no and log-probabilities of classes up to a constant.
        spec: What the labels are.

    Example:
        >>> probabilities_of(np.zeros((1, 3)), LabelSpec.columns([LabelSpec.single(2), "fever"]))
        array([[0.5, 0.5, 0.5]])
    """
    out = np.empty_like(logits, dtype=np.float64)
    yes_no = [c.places[0] for c in spec.label_columns if not c.of_classes]
    if len(yes_no) == logits.shape[1]:
        return _sigmoid(logits)
    out[:, yes_no] = _sigmoid(logits[:, yes_no])
    for column in spec.label_columns:
        if column.of_classes:
            own = slice(column.places[0], column.places[-1] + 1)
            part = np.exp(logits[:, own] - logits[:, own].max(axis=1, keepdims=True))
            out[:, own] = part / part.sum(axis=1, keepdims=True)
    return out


def logits_of(probabilities: np.ndarray, spec: LabelSpec, least: float = 1e-7) -> np.ndarray:
    """Return log-odds of yes/no places and log-probabilities of classes, clipped at `least`."""
    p = np.clip(np.asarray(probabilities, np.float64), least, 1 - least)
    of_classes = [p for c in spec.label_columns if c.of_classes for p in c.places]
    out = np.log(p) - np.log1p(-p)
    out[:, of_classes] = np.log(p[:, of_classes])
    return out


def known_columns(y: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return bool `(n, columns)`: whether the label of a column is known."""
    return y[:, [c.places[0] for c in spec.label_columns]] != UNKNOWN


def column_losses(y: np.ndarray, logits: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return `-log P(true state)` of each column, in nats, `(n, columns)`; 0 where unknown."""
    known = known_columns(y, spec)
    if len(spec.label_columns) == logits.shape[1]:
        return np.where(known, _softplus(np.where(y == 1, -logits, logits)), 0.0)
    out = np.zeros(known.shape)
    for place, column in enumerate(spec.label_columns):
        own = slice(column.places[0], column.places[-1] + 1)
        z = logits[:, own]
        if column.of_classes:
            top = z.max(axis=1)
            total = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
            out[:, place] = total - (z * (y[:, own] == 1)).sum(axis=1)
        else:
            out[:, place] = _softplus(np.where(y[:, own] == 1, -z, z))[:, 0]
    return np.where(known, out, 0.0)


def base_logits(y: np.ndarray, spec: LabelSpec, weight: np.ndarray | None = None) -> np.ndarray:
    """Return the logits `(places,)` of the smoothed base rates: half a row of each state added.

    A label that nobody knows gets even odds.
    """
    w = np.ones(len(y)) if weight is None else weight
    present, absent = w @ (y == 1) + 0.5, w @ (y == 0) + 0.5
    out: np.ndarray = np.log(present) - np.log(absent)
    for column in spec.label_columns:
        if column.of_classes:
            own = list(column.places)
            out[own] = np.log(present[own] / present[own].sum())
    return out


def _sigmoid(z: np.ndarray) -> np.ndarray:
    half: np.ndarray = 0.5 * (1.0 + np.tanh(0.5 * z))
    return half


def _softplus(z: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))  # 3x faster than logaddexp
    return out
