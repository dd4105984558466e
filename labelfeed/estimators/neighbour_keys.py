"""Keys in which rows with equal labels lie near each other, learned by NumPy alone."""

from __future__ import annotations

import math

import numpy as np

from labelfeed.estimators.column_math import base_logits, probabilities_of
from labelfeed.labels.spec import LabelSpec

__all__ = ["FAR", "NeighbourKeys", "base_rates", "fit_keys", "label_counts", "shares_of"]

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.99, 1e-7  # of AdamW
FAR = 4.0
"""Standard deviations at which a feature is cut."""
_UNSURE = 0.02  # weight of the base rates beside neighbours that weigh 1 together
_LEAST = 1e-6
_TINY = 1e-6  # squared distance, where its root has a slope


class NeighbourKeys:
    """`key(x) = u W + relu(u A + b) B` of standardised features `u`, cut at 4 deviations.

    Args:
        centre: float32 `(d,)`.
        scale: float32 `(d,)`, > 0: `u = (x - centre) / scale`.
        hidden: Units of the second path, >= 1.
        width: Of a key, >= 1.
        seed: Of the weights.

    Example:
        >>> keys = NeighbourKeys(np.zeros(3), np.ones(3), hidden=8, width=4)
        >>> keys(np.zeros((2, 3))).shape
        (2, 4)
    """

    def __init__(
        self,
        centre: np.ndarray,
        scale: np.ndarray,
        hidden: int = 128,
        width: int = 32,
        seed: int = 0,
    ) -> None:
        """Draw the weights."""
        self.centre, self.scale = np.asarray(centre, np.float32), np.asarray(scale, np.float32)
        d, rng = len(self.centre), np.random.default_rng(seed)

        def drawn(inputs: int, units: int, gain: float) -> np.ndarray:
            out = rng.standard_normal((inputs, units), np.float32)
            out *= gain / math.sqrt(inputs)
            return out

        self.weights = {
            "direct": drawn(d, width, 1.0),
            "hidden": drawn(d, hidden, math.sqrt(2)),
            "bias": np.zeros(hidden, np.float32),
            "through": drawn(hidden, width, 0.3),
        }

    def standardised(self, x: np.ndarray) -> np.ndarray:
        """Return float32 features `(n, d)` as the weights take them."""
        u = (np.asarray(x, np.float32) - self.centre) / self.scale
        return np.clip(u, -FAR, FAR, out=u)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return float32 keys `(n, width)` of features `(n, d)`."""
        u, w = self.standardised(x), self.weights
        out: np.ndarray = u @ w["direct"]
        out += np.maximum(u @ w["hidden"] + w["bias"], 0) @ w["through"]
        return out


def label_counts(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which labels are present and which are known, float32 `(n, places)`.

    Args:
        y: int `(n, places)` of 1, 0, -1 (unknown: neither present nor absent).
    """
    return (y == 1).astype(np.float32), (y >= 0).astype(np.float32)


def base_rates(y: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return the smoothed base rates `(places,)`, float32."""
    return probabilities_of(base_logits(y, spec)[None], spec)[0].astype(np.float32)


def shares_of(
    weight: np.ndarray, present: np.ndarray, known: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """Return the shares of labels among neighbours, base rates standing in for unknown ones.

    `(w @ present + .02 base) / (w @ known + .02)`; base rates where all labels are unknown.

    Args:
        weight: `(n, m)` of m neighbours, summing to 1 or (there are none) 0.
        present: `(m, places)`.
        known: `(m, places)`.
        base: `(places,)` base rates.

    Example:
        >>> weight, known = np.array([[0.5, 0.5]]), np.array([[1.0], [0.0]])
        >>> shares_of(weight, known, known, np.array([0.5])).round(2).tolist()
        [[0.98]]
    """
    out: np.ndarray = (weight @ present + _UNSURE * base) / (weight @ known + _UNSURE)
    return out


def fit_keys(
    x: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    apart: np.ndarray,
    *,
    row_weight: np.ndarray | None = None,
    steps: int = 200,
    batch: int = 256,
    candidates: int = 1024,
    learning_rate: float = 0.02,
    weight_decay: float = 0.3,
    dropout: float = 0.3,
    seed: int = 0,
) -> list[NeighbourKeys]:
    """Return keys under which the labels of other rows tell those of a row; halfway and at the end.

    Each step takes some rows, and some others as their neighbours: the loss is that of the shares
    of labels among these, weighted by `softmax(-distance)`, never of a row's own group.

    Args:
        x: Features `(n, d)`.
        y: int `(n, places)` of 1, 0, -1.
        spec: What the labels are.
        apart: int `(n,)`: rows with the same number are no neighbours.
        row_weight: `(n,)`, of the losses; `None`: 1.
        steps: Of AdamW, >= 2.
        batch: Rows whose labels are told, of a step.
        candidates: Rows that tell, of a step.
        learning_rate: The highest; it falls along a cosine.
        weight_decay: Of the kernels.
        dropout: Of the hidden units, in [0, 1).
        seed: Of weights, rows and dropout.

    References:
        Goldberger et al. 2004, Neighbourhood components analysis; Ye et al. 2025, Revisiting
        nearest neighbor for tabular data (ModernNCA), whose distance and sampling these are.
    """
    spread = x.std(axis=0)
    keys = NeighbourKeys(x.mean(axis=0), np.where(spread > 1e-9, spread, 1.0), seed=seed)
    u, n, rng = keys.standardised(x), len(x), np.random.default_rng(seed)
    (present, known), base = label_counts(y), base_rates(y, spec)
    scored = known if row_weight is None else known * row_weight[:, None].astype(np.float32)
    classes = np.zeros(y.shape[1], bool)
    for column in spec.label_columns:
        classes[list(column.places)] = column.of_classes
    first = {name: np.zeros_like(w) for name, w in keys.weights.items()}
    second = {name: np.zeros_like(w) for name, w in keys.weights.items()}
    order, halfway = np.zeros(0, int), keys
    batch, candidates = min(batch, n), min(candidates, n)
    for step in range(1, steps + 1):
        if len(order) < batch:
            order = rng.permutation(n)
        rows, order = order[:batch], order[batch:]
        others = rng.choice(n, candidates, replace=False) if candidates < n else np.arange(n)
        both = u[np.concatenate([rows, others])]
        w = keys.weights
        unit = np.maximum(both @ w["hidden"] + w["bias"], 0)
        kept = rng.random(unit.shape, np.float32) >= dropout
        unit *= kept
        unit *= 1 / (1 - dropout)
        key = both @ w["direct"] + unit @ w["through"]
        slope = _slope(
            key[:batch], key[batch:], apart[rows][:, None] == apart[others],
            (present[rows], scored[rows]), (present[others], known[others]), base, classes,
        )  # fmt: skip
        back = slope @ w["through"].T
        back *= (unit > 0) / (1 - dropout)
        slopes = {
            "direct": both.T @ slope, "through": unit.T @ slope,
            "hidden": both.T @ back, "bias": back.sum(axis=0),
        }  # fmt: skip
        rate = learning_rate * min(1.0, step / (0.1 * steps))
        rate *= 0.02 + 0.49 * (1 + math.cos(math.pi * step / steps))
        size = rate * math.sqrt(1 - _BETA_2**step) / (1 - _BETA_1**step)
        for name, gradient in slopes.items():
            first[name] += (1 - _BETA_1) * (gradient - first[name])
            second[name] += (1 - _BETA_2) * (np.square(gradient) - second[name])
            if name != "bias":
                w[name] -= np.float32(rate * weight_decay) * w[name]
            w[name] -= np.float32(size) * first[name] / (np.sqrt(second[name]) + _EPSILON)
        if step == steps // 2:
            halfway = NeighbourKeys(keys.centre, keys.scale, hidden=1, width=1)
            halfway.weights = {name: value.copy() for name, value in w.items()}
    return [halfway, keys]


def _slope(
    query: np.ndarray,
    key: np.ndarray,
    same: np.ndarray,
    told: tuple[np.ndarray, np.ndarray],
    telling: tuple[np.ndarray, np.ndarray],
    base: np.ndarray,
    classes: np.ndarray,
) -> np.ndarray:
    """Return the gradient of the loss with respect to queries and keys, `(batch + m, width)`."""
    square = (query * query).sum(axis=1)[:, None] + (key * key).sum(axis=1) - 2 * query @ key.T
    far = np.sqrt(np.maximum(square, 0) + _TINY)
    least = np.where(same, np.inf, far).min(axis=1)[:, None]
    weight = np.exp(np.where(same, -np.inf, np.where(np.isinf(least), 0, least) - far))
    weight /= np.maximum(weight.sum(axis=1, keepdims=True), _TINY)
    (present, scored), (others, known) = told, telling
    among = weight @ known + _UNSURE
    share = (weight @ others + _UNSURE * base) / among
    p = np.clip(share, _LEAST, 1 - _LEAST)
    by_share = np.where(classes, -present / p, (p - present) / (p * (1 - p)))
    by_share *= scored / (len(query) * among)
    by_weight = by_share @ others.T
    by_weight -= (by_share * share) @ known.T
    by_weight -= (weight * by_weight).sum(axis=1, keepdims=True)
    by_weight *= weight
    by_weight /= -far  # of half the squared distance
    to_query = query * by_weight.sum(axis=1)[:, None] - by_weight @ key
    to_key = key * by_weight.sum(axis=0)[:, None] - by_weight.T @ query
    return np.concatenate([to_query, to_key])
