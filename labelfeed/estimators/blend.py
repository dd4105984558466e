"""A blend of plain models: non-negative weights of their out-of-fold logits, for each column."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from labelfeed.estimators.column_math import column_losses, column_of_place, known_columns
from labelfeed.estimators.weights import fit_weights
from labelfeed.labels.spec import LabelSpec

__all__ = ["Blend", "fit_blend"]

_BIAS = 2.0  # penalty of a bias: half a standard deviation below 1


@dataclasses.dataclass(frozen=True, eq=False)
class Blend:
    """`logits = sum_m weights[m, column] members[m] + bias`.

    Args:
        weights: `(members, columns)`, >= 0. They need not add up to 1: their sum calibrates.
        bias: `(places,)`.
        losses: Out-of-fold log loss of each member and, last, of the blend; nats a label.
        spec: What the labels are.
    """

    weights: np.ndarray
    bias: np.ndarray
    losses: np.ndarray
    spec: LabelSpec

    def logits(self, members: Sequence[np.ndarray]) -> np.ndarray:
        """Return the blend of the members' logits `(n, places)` each."""
        own = self.weights[:, column_of_place(self.spec)]
        out = np.repeat(self.bias[None], len(members[0]), axis=0)
        for weight, logits in zip(own, members, strict=True):
            out += weight * logits
        return out


def fit_blend(
    members: Sequence[np.ndarray],
    y: np.ndarray,
    spec: LabelSpec,
    *,
    weight: np.ndarray | None = None,
) -> Blend:
    """Return the blend of least out-of-fold log loss, its weights shrunk to common ones.

    The common weights start from equal ones; both are convex problems. Where a single member has a
    lower out-of-fold log loss (a column has few rows), the column takes that one.

    Args:
        members: Out-of-fold logits `(n, places)` of each.
        y: Labels `(n, places)`, -1 where unknown.
        spec: What the labels are.
        weight: `(n,)`, of the rows.

    References:
        Wolpert 1992, Stacked generalization; van der Laan, Polley and Hubbard 2007, Super learner.

    Example:
        >>> y = np.array([[1], [0]] * 20)
        >>> good, useless = 2.0 * y - 1, np.zeros((40, 1))
        >>> blend = fit_blend([good, useless], y, LabelSpec.multi(1))
        >>> bool(blend.weights[0, 0] > 1), bool(blend.losses[2] < blend.losses[0])
        (True, True)
    """
    terms = np.stack(members).astype(np.float64)
    w = np.ones(len(y)) if weight is None else weight
    shared = fit_weights(
        terms,
        y,
        spec,
        centre=np.full(len(terms), 1 / len(terms)),
        weight=w,
        bias=_BIAS,
        common=True,
    )
    found = fit_weights(terms, y, spec, centre=shared.weights[:, 0], weight=w, bias=_BIAS)
    weights, bias = found.weights, found.bias
    blend = Blend(weights, bias, np.zeros(0), spec)
    single = np.stack([_by_column(z, y, spec, w) for z in terms])
    ours = _by_column(blend.logits(list(terms)), y, spec, w)
    for column, best in enumerate(single.argmin(axis=0)):
        if single[best, column] < ours[column]:
            weights[:, column] = np.arange(len(terms)) == best
            bias[column_of_place(spec) == column] = 0.0
            ours[column] = single[best, column]
    count = max(float((known_columns(y, spec) * w[:, None]).sum()), 1e-9)
    return Blend(weights, bias, np.append(single.sum(axis=1), ours.sum()) / count, spec)


def _by_column(logits: np.ndarray, y: np.ndarray, spec: LabelSpec, w: np.ndarray) -> np.ndarray:
    total: np.ndarray = w @ column_losses(y, logits, spec)
    return total
