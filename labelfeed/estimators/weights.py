"""Weights of given logits, one a label column, shrunk towards weights that all columns share."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.optimize import minimize

from labelfeed.estimators.column_math import (
    column_losses,
    column_of_place,
    known_columns,
    probabilities_of,
)
from labelfeed.labels.spec import LabelSpec

__all__ = ["FittedWeights", "fit_weights"]


@dataclasses.dataclass(frozen=True, eq=False)
class FittedWeights:
    """`logits = offset + sum_m weights[m, column] terms[m] + bias`.

    Args:
        weights: `(terms, columns)`.
        bias: `(places,)`.
        loss: Penalised loss in nats, summed over the rows.
    """

    weights: np.ndarray
    bias: np.ndarray
    loss: float


def fit_weights(
    terms: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    *,
    centre: np.ndarray,
    shrink: float = 3.0,
    weight: np.ndarray | None = None,
    offset: np.ndarray | None = None,
    bias: float = 0.0,
    common: bool = False,
    lower: float | None = 0.0,
) -> FittedWeights:
    """Return the weights of least `log loss + shrink / 2 |weights - centre|^2`.

    Args:
        terms: float64 `(terms, n, places)`.
        y: Labels `(n, places)`, -1 where unknown.
        spec: What the labels are.
        centre: `(terms,)`, what the weights are shrunk towards.
        shrink: Strength of that, >= 0: 4 is a standard deviation of one half.
        weight: `(n,)`, of the rows.
        offset: `(n, places)`, added to the logits.
        bias: Penalty of a bias of each place, > 0; 0 for none.
        common: Whether all columns share their weights.
        lower: Bound of the weights from below.

    Example:
        >>> y = np.array([[1], [1], [0], [0]])
        >>> z = np.stack([2.0 * y - 1, 1.0 - 2 * y])
        >>> found = fit_weights(z, y, LabelSpec.multi(1), centre=np.array([1.0, 1.0]))
        >>> found.weights.round(1).ravel().tolist()
        [1.4, 0.6]
    """
    count, n, places = terms.shape
    of = column_of_place(spec)
    w = np.ones(n) if weight is None else weight
    scored = known_columns(y, spec)[:, of] * w[:, None]
    target = (y == 1).astype(np.float64)
    columns = len(spec.label_columns)
    width = 1 if common else columns
    gather = np.eye(columns)[of]  # (places, columns)
    start = np.asarray(centre, np.float64)[:, None]
    flat_terms = terms.reshape(count, -1)

    def value(flat: np.ndarray) -> tuple[float, np.ndarray]:
        a, b = flat[: count * width].reshape(count, width), flat[count * width :]
        if common:
            logits = (a[:, 0] @ flat_terms).reshape(n, places)
        else:
            logits = (terms * a[:, None, of]).sum(axis=0)
        logits = logits + (b if bias else 0.0) + (0.0 if offset is None else offset)
        slope = (probabilities_of(logits, spec) - target) * scored
        if common:
            steep = (flat_terms @ slope.ravel())[:, None]
        else:
            steep = np.stack([np.einsum("np,np->p", t, slope) for t in terms]) @ gather
        gap = a - start
        loss = (column_losses(y, logits, spec) * w[:, None]).sum()
        loss += 0.5 * shrink * (gap * gap).sum() + 0.5 * bias * (b * b).sum()
        slopes = [(steep + shrink * gap).ravel()]
        return float(loss), np.concatenate(
            [*slopes, slope.sum(axis=0) + bias * b] if bias else slopes
        )

    first = np.broadcast_to(start, (count, width)).ravel()
    free = places if bias else 0
    found = minimize(
        value,
        np.concatenate([first, np.zeros(free)]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(lower, None)] * len(first) + [(None, None)] * free,
        options={"maxiter": 80, "ftol": 1e-7},
    )
    weights = np.broadcast_to(found.x[: len(first)].reshape(count, width), (count, columns))
    return FittedWeights(
        weights.copy(), found.x[len(first) :] if bias else np.zeros(places), float(found.fun)
    )
