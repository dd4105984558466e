"""Ridge logistic regression of all labels at once, in one convex problem."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.optimize import minimize

from labelfeed.estimators.column_math import (
    base_logits,
    column_losses,
    column_of_place,
    known_columns,
    probabilities_of,
)
from labelfeed.labels.spec import LabelSpec

__all__ = ["LinearLogits", "LinearProblem"]


@dataclasses.dataclass(frozen=True, eq=False)
class LinearLogits:
    """`logits = x @ weights + bias`.

    Args:
        weights: `(d, places)`.
        bias: `(places,)`.

    Example:
        >>> LinearLogits(np.array([[2.0]]), np.array([0.5])).logits(np.array([[1.0]])).tolist()
        [[2.5]]
    """

    weights: np.ndarray
    bias: np.ndarray

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Return logits `(n, places)` of features `(n, d)`."""
        out: np.ndarray = x @ self.weights + self.bias
        return out


class LinearProblem:
    """The rows of a ridge logistic regression; solve it at several penalties, from the strongest.

    Minimises `sum_rows w * loss(y, offset + x W + b) + penalty / 2 |W|^2 + |b - b0|^2 / 2` over all
    labels together by L-BFGS, in the basis of the singular vectors of `x`, where each label's
    curvature is nearly diagonal: a few tens of products of matrices, whatever the features are.
    Unknown labels (-1) have no loss. Without an offset `b0` is the smoothed base rate.

    Args:
        x: Features `(n, d)`, of about the same scale.
        y: Labels `(n, places)`, -1 where unknown.
        spec: What the labels are.
        weight: `(n,)`, of the rows.
        offset: `(n, places)`, added to the logits: where the regression starts.
        intercept: Whether there is a bias.

    References:
        le Cessie and van Houwelingen 1992, Ridge estimators in logistic regression; Liu and
        Nocedal 1989, On the limited memory BFGS method for large scale optimization.

    Example:
        >>> x, y = np.array([[-1.0], [1.0]] * 8), np.array([[0], [1]] * 8)
        >>> problem = LinearProblem(x, y, LabelSpec.multi(1))
        >>> strong, weak = (problem.solve(penalty).weights[0, 0] for penalty in (10.0, 1.0))
        >>> bool(0 < strong < weak)
        True
    """

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        *,
        weight: np.ndarray | None = None,
        offset: np.ndarray | None = None,
        intercept: bool = True,
    ) -> None:
        self.spec, self.y = spec, y
        self.weight = np.ones(len(y)) if weight is None else np.asarray(weight, np.float64)
        known = known_columns(y, spec)[:, column_of_place(spec)]
        self.scored = known * self.weight[:, None]
        self.target = (y == 1).astype(np.float64)
        self.offset = offset
        self.intercept = intercept
        x = np.asarray(x, np.float64)
        root = np.sqrt(self.weight)[:, None]
        if x.shape[1] <= x.shape[0]:
            values, self.basis = np.linalg.eigh((x * root).T @ (x * root))
            keep = values > 1e-9 * max(values[-1], 1e-300)
            self.basis, self.curvature = self.basis[:, keep], values[keep]
        else:
            values, left = np.linalg.eigh((x * root) @ (x * root).T)
            keep = values > 1e-9 * max(values[-1], 1e-300)
            self.curvature = values[keep]
            self.basis = (x * root).T @ (left[:, keep] / np.sqrt(self.curvature))
        self.z = x @ self.basis
        self.base = base_logits(y, spec, self.weight) if offset is None else np.zeros(y.shape[1])
        if not intercept:
            self.base = np.zeros(y.shape[1])
        start = self.base if offset is None else offset
        rate = probabilities_of(np.broadcast_to(start, y.shape).astype(float), spec)
        total = np.maximum(self.scored.sum(axis=0), 1e-9)
        spread = (self.scored * rate * (1 - rate)).sum(axis=0) / total
        share = total / self.weight.sum()
        self.kappa = np.maximum(spread * share, 1e-4)
        self.last: np.ndarray | None = None

    def solve(self, penalty: float | np.ndarray, iterations: int = 40) -> LinearLogits:
        """Return the solution at a penalty (a number, or one for each place), from the last one."""
        r, places = len(self.curvature), self.y.shape[1]
        penalty = np.broadcast_to(np.asarray(penalty, np.float64), (places,))
        scale = np.empty((r + 1, places))
        scale[:r] = 1 / np.sqrt(self.curvature[:, None] * self.kappa + penalty)
        scale[r] = 1 / np.sqrt(self.kappa * self.weight.sum() + 1.0)
        ridge = np.vstack([np.broadcast_to(penalty, (r, places)), np.ones((1, places))])
        if not self.intercept:
            scale[r] = 0.0

        def value(flat: np.ndarray) -> tuple[float, np.ndarray]:
            w = flat.reshape(r + 1, places) * scale
            logits = self.z @ w[:r] + (w[r] + self.base)
            if self.offset is not None:
                logits = logits + self.offset
            loss = (column_losses(self.y, logits, self.spec) * self.weight[:, None]).sum()
            slope = (probabilities_of(logits, self.spec) - self.target) * self.scored
            g = np.vstack([self.z.T @ slope, slope.sum(axis=0)]) + ridge * w
            return float(loss + 0.5 * (ridge * w * w).sum()), (g * scale).ravel()

        start = np.zeros((r + 1, places))
        if self.last is not None:
            start = np.divide(self.last, scale, out=start, where=scale > 0)
        found = minimize(
            value,
            start.ravel(),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": iterations, "maxcor": 10, "ftol": 1e-7, "gtol": 1e-4},
        )
        self.last = found.x.reshape(r + 1, places) * scale
        return LinearLogits(self.basis @ self.last[:r], self.last[r] + self.base)
