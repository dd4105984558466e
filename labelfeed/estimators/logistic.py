"""Ridge logistic regression as a plain model, its penalty chosen on the folds."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.column_math import column_losses
from labelfeed.estimators.linear import LinearLogits, LinearProblem
from labelfeed.estimators.member import CrossFitted
from labelfeed.labels.spec import LabelSpec

__all__ = ["LogisticMember"]


class LogisticMember:
    """Ridge logistic regression of all labels at once, on standardised features.

    Args:
        penalties: Penalties `lambda` of `lambda / 2 |W|^2` to try, each > 0. They are tried from
            the strongest until the out-of-fold log loss rises; one serves all labels.

    References:
        le Cessie and van Houwelingen 1992, Ridge estimators in logistic regression.

    Example:
        >>> x, y = np.arange(12.0)[:, None], np.repeat([[1], [0]], 6, axis=0)
        >>> fitted = LogisticMember().cross_fit(x, y, LabelSpec.multi(1), np.arange(12) % 2)
        >>> fitted.oof[[0, 11]].ravel() > 0
        array([ True, False])
    """

    name = "logistic"

    def __init__(
        self, penalties: tuple[float, ...] = (1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0)
    ) -> None:
        self.penalties = tuple(sorted(penalties, reverse=True))

    def cross_fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        folds: np.ndarray,
        *,
        sample_weight: np.ndarray | None = None,
        seed: int = 0,
    ) -> CrossFitted:
        """Choose the penalty by out-of-fold log loss; it stops at the first that is worse."""
        w = np.ones(len(x)) if sample_weight is None else np.asarray(sample_weight, np.float64)
        problems = {f: _problem(x, y, spec, w, folds != f) for f in np.unique(folds)}
        best, oof, chosen, path = np.inf, np.zeros(y.shape), self.penalties[0], []
        for penalty in self.penalties:
            path.append(penalty)
            out = np.zeros(y.shape)
            for f, (problem, shift, spread) in problems.items():
                inside = folds == f
                out[inside] = problem.solve(penalty).logits((x[inside] - shift) / spread)
            loss = float((column_losses(y, out, spec) * w[:, None]).sum())
            if loss >= best:
                break
            best, oof, chosen = loss, out, penalty
        problem, shift, spread = _problem(x, y, spec, w, np.ones(len(x), bool))
        found = problem.solve(chosen)
        weights = found.weights / spread[:, None]
        return CrossFitted(
            self.name,
            oof,
            LinearLogits(weights, found.bias - shift @ weights),
            f"penalty {chosen:g}",
        )


def _problem(
    x: np.ndarray, y: np.ndarray, spec: LabelSpec, w: np.ndarray, rows: np.ndarray
) -> tuple[LinearProblem, np.ndarray, np.ndarray]:
    part = np.asarray(x[rows], np.float64)
    shift, spread = part.mean(axis=0), part.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    return LinearProblem((part - shift) / spread, y[rows], spec, weight=w[rows]), shift, spread
