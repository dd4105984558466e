"""A mixture of label patterns under pinned marginals: what known labels tell, coherently."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.estimators.column_math import probabilities_of
from labelfeed.labels.columns import same_column
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = [
    "LARGEST",
    "LabelMixture",
    "clipped_marginals",
    "gated",
    "of_classes",
    "shares",
    "solved",
]

LARGEST = 15.0
"""Bound of the logits inside the mixture."""

_NUMBERS = 200_000  # rows times patterns times places at a time
_LEAST = 1e-7


@dataclasses.dataclass(frozen=True, eq=False)
class LabelMixture:
    """Patterns `m`, within which labels are independent of each other given the features.

    `P(y | x) = sum_m w_m(x) prod_j P(y_j | x, m)` with
    `w = softmax(gate[0] + (2 p - 1) @ gate[1:])` and `P(y_j = 1 | x, m) = sigmoid(a_j(x) +
    offsets[m, j])`; over the classes of a column the softmax of the same. `a(x)` is solved for, so
    that with nothing known `P(y_j = 1 | x)` is the plain probability `p_j`. Known labels count by
    Bayes' rule on `m`. It is one joint distribution: `P(y_j | known)` is the mean of
    `P(y_j | known, y_i)` over the answers to any other label i, whatever is known.

    Args:
        offsets: `(patterns, places)`.
        gate: `(1 + places, patterns)`.
        spec: What the labels are.
        gain: Out-of-fold log loss saved on masked copies, in nats a hidden label.

    References:
        Li, Wang, Pavlu and Aslam 2016, Conditional Bernoulli mixtures for multi-label
        classification (there the marginals are whatever the mixture gives).

    Example:
        >>> patterns = np.array([[4.0, 4.0], [-4.0, -4.0]])
        >>> both = LabelMixture(patterns, np.zeros((3, 2)), LabelSpec.multi(2))
        >>> delta = both.delta(np.zeros((3, 2)), np.array([[1, -1], [0, -1], [-1, -1]]))
        >>> delta[:, 1].round(1).tolist()
        [3.3, -3.3, 0.0]
    """

    offsets: np.ndarray
    gate: np.ndarray
    spec: LabelSpec
    gain: float = 0.0

    @property
    def steps(self) -> int:
        """Steps in which `a(x)` is solved for: classes take more."""
        return 24 if self.spec.class_columns else 8

    def delta(self, logits: np.ndarray, states: np.ndarray) -> np.ndarray:
        """Return what the known labels add to the plain logits, `(n, places)`.

        Exactly 0 where no label of another column is known; of a known label, what the others say.

        Args:
            logits: Plain logits `(n, places)`.
            states: What is known, `(n, places)` of 1, 0, -1.
        """
        out = np.zeros(logits.shape)
        told = np.flatnonzero((states != UNKNOWN).any(axis=1))
        size = max(_NUMBERS // self.offsets.size, 1)
        for start in range(0, len(told), size):
            rows = told[start : start + size]
            out[rows] = self._delta(logits[rows], states[rows])
        return out

    def _delta(self, logits: np.ndarray, states: np.ndarray) -> np.ndarray:
        spec, same = self.spec, same_column(self.spec).astype(np.float64)
        p = clipped_marginals(logits, spec)
        before = gated(p, self.gate)[:, :, None]
        z = np.clip(logits, -LARGEST, LARGEST)
        level = solved(p, z, before[:, :, 0], self.offsets, spec, self.steps)
        t = level[:, None, :] + self.offsets
        s, rest = shares(t, spec), shares(-t, spec)  # the latter of yes/no places alone
        said = _log_likelihood(s, rest, states, spec, same)
        size = same.sum(axis=1)
        told = np.log(before) + (said / size).sum(axis=2, keepdims=True) - said
        told = np.exp(told - told.max(axis=1, keepdims=True))
        told /= told.sum(axis=1, keepdims=True)
        out = _log_ratio(told, before, s)
        yes_no = ~of_classes(spec)
        out[:, yes_no] -= _log_ratio(told, before, rest)[:, yes_no]
        known = (states != UNKNOWN) * 1.0
        own = np.minimum(known @ same, 1.0)
        others = (own / size).sum(axis=1, keepdims=True) - own
        return np.where(others > 0.5, out, 0.0)


def of_classes(spec: LabelSpec) -> np.ndarray:
    """Return bool `(places,)`: whether each place is a class of a column."""
    return np.repeat(
        [c.of_classes for c in spec.label_columns], [len(c.places) for c in spec.label_columns]
    )


def clipped_marginals(logits: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return probabilities `(n, places)`, none nearer to 0 or 1 than `sigmoid(-LARGEST)`."""
    least = 1.0 / (1.0 + np.exp(LARGEST))
    out: np.ndarray = np.clip(probabilities_of(logits, spec), least, 1.0 - least)
    return out


def gated(p: np.ndarray, gate: np.ndarray) -> np.ndarray:
    """Return the weights `(n, patterns)` of the patterns of rows with these plain probabilities."""
    out = gate[0] + (2.0 * p - 1.0) @ gate[1:]
    out = np.exp(out - out.max(axis=1, keepdims=True))
    return out / out.sum(axis=1, keepdims=True)


def shares(t: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return the probabilities of logits `(..., places)`: sigmoid, softmax over classes."""
    columns = [c for c in spec.label_columns if c.of_classes]
    out: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(t, -LARGEST, LARGEST)))
    for column in columns:
        own = slice(column.places[0], column.places[-1] + 1)
        part = np.exp(t[..., own] - t[..., own].max(axis=-1, keepdims=True))
        out[..., own] = part / part.sum(axis=-1, keepdims=True)
    return out


def solved(
    p: np.ndarray,
    z: np.ndarray,
    weights: np.ndarray,
    offsets: np.ndarray,
    spec: LabelSpec,
    steps: int,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """Return `a`, `(n, places)`, with `sum_m weights_m share(a + offsets_m) = p`.

    Newton's steps on the log-odds of a yes/no place; on the log-probabilities of classes steps
    by a bound of the curvature, the smaller of that of iterative scaling and of twice its diagonal.

    Args:
        p: `(n, places)`, from `clipped_marginals`.
        z: The logits that `p` stands for, within `LARGEST`.
        weights: `(n, patterns)`.
        offsets: `(patterns, places)`.
        spec: What the labels are.
        steps: How many.
        start: Where to start; `None`: the mean pattern.
    """
    low, high = z - offsets.max(axis=0), z - offsets.min(axis=0)
    yes_no = ~of_classes(spec)
    a: np.ndarray = z - weights @ offsets if start is None else start
    for _ in range(steps):
        s = shares(a[:, None, :] + offsets, spec)
        f = np.clip(_mean(weights, s), _LEAST, 1.0 - _LEAST)
        curve = np.maximum(f - _mean(weights, s * s), 1e-9)
        even = f * (1.0 - f)
        step = (z - np.log(f / (1.0 - f))) * even / np.maximum(curve, 0.05 * even)
        for column in spec.label_columns:
            if column.of_classes:
                own = slice(column.places[0], column.places[-1] + 1)
                twice = 2.0 * curve[:, own]
                bound = np.where(twice.sum(axis=1, keepdims=True) < 1.0, twice, f[:, own])
                step[:, own] = np.log(p[:, own] / f[:, own]) * f[:, own]
                step[:, own] /= np.maximum(bound, 0.05 * f[:, own])
        a = a + np.clip(step, -4.0, 4.0)
        a = np.where(yes_no, np.clip(a, low, high), a)
    return a


def _mean(weights: np.ndarray, s: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.matmul(weights[:, None, :], s)[:, 0]
    return out


def _log_ratio(told: np.ndarray, before: np.ndarray, s: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.log((told * s).sum(axis=1) / (before * s).sum(axis=1))
    return out


def _log_likelihood(
    s: np.ndarray, rest: np.ndarray, states: np.ndarray, spec: LabelSpec, same: np.ndarray
) -> np.ndarray:
    """Return what is known of each place's column says of the patterns, `(n, patterns, places)`.

    Of a column of classes its present class; where none is, that it is not the absent ones.
    """
    present, absent = (states == 1)[:, None, :], (states == 0)[:, None, :]
    out = np.where(present, np.log(np.maximum(s, _LEAST)), 0.0)
    of = of_classes(spec)
    out += np.where(absent & ~of, np.log(rest), 0.0)
    if of.any():
        settled = (states == 1) @ same > 0
        left = 1.0 - np.where(absent, s, 0.0) @ same
        out = out @ same
        excluded = (of & ~settled & ((states == 0) @ same > 0))[:, None, :]
        out += np.where(excluded, np.log(np.maximum(left, _LEAST)), 0.0)
    return out
