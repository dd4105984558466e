"""The label mixture of most likelihood: frequent label sets first, then L-BFGS on all numbers."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from labelfeed.estimators.column_math import column_of_place, known_columns
from labelfeed.estimators.label_mixture import (
    LARGEST,
    LabelMixture,
    clipped_marginals,
    gated,
    of_classes,
    shares,
    solved,
)
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["MixtureProblem"]

_MOST, _ROWS = 64, 10  # patterns; rows for each of them
_WORK = 1.5e6  # rows times patterns times places
_START = 3.0  # log-odds that a pattern starts from
_LLOYD = 5
_WEIGHTS = 0.1  # penalty of what all rows say of a pattern's weight
_NUMBERS = 60_000  # at a time: they stay in the cache
_WARM = 2  # steps of the solver between evaluations, from the last solution


class MixtureProblem:
    """The rows of a label mixture, to be solved at one ridge or several.

    Minimises `-sum_rows w log P(known labels | x) + ridge / 2 |offsets|^2 + max(10 ridge, 3) / 2
    |gate|^2`. The likelihood of a row is the sum of the log losses of its labels, one after
    another in any order: what is minimised is the log loss at every share known at once. The
    gradient goes through the pinned marginals by the implicit function theorem. Patterns start as
    the centres of the label sets (Lloyd 1982, from the most frequent ones).

    Args:
        logits: Plain out-of-fold logits `(n, places)`.
        y: Labels `(n, places)`, -1 where unknown; a column of classes is known as a whole.
        spec: What the labels are.
        weight: `(n,)`, of the rows.
        seed: Seed of which rows are taken where there are more than a budget allows.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> y = np.repeat(rng.integers(0, 2, (200, 1)), 2, axis=1)
        >>> problem = MixtureProblem(np.zeros((200, 2)), y, LabelSpec.multi(2))
        >>> mixture = problem.solve(0.1)
        >>> bool(mixture.delta(np.zeros((1, 2)), np.array([[1, -1]]))[0, 1] > 3)
        True
    """

    def __init__(
        self,
        logits: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        *,
        weight: np.ndarray | None = None,
        seed: int = 0,
    ) -> None:
        """Take the rows, and start from the label sets."""
        rng = np.random.default_rng(seed)
        places, w = spec.num_classes, np.ones(len(y)) if weight is None else weight
        patterns = int(np.clip(len(y) // _ROWS, 4, _MOST))
        most = max(int(_WORK / (patterns * places)), 200)
        if len(y) > most:
            keep = np.sort(rng.permutation(len(y))[:most])
            logits, y, w = logits[keep], y[keep], w[keep]
        self.spec, self.classes = spec, of_classes(spec)
        self.p = clipped_marginals(logits, spec).astype(np.float32)
        self.z = np.clip(logits, -LARGEST, LARGEST).astype(np.float32)
        self.present = (y == 1).astype(np.float32)
        self.known = known_columns(y, spec)[:, column_of_place(spec)].astype(np.float32)
        self.weight = np.asarray(w, np.float32)
        centres, counts = _centres(np.where(y == UNKNOWN, self.p, y == 1), w, patterns, rng)
        self.patterns = len(centres)
        share = np.maximum(counts, 0.5) / np.maximum(counts, 0.5).sum()
        offsets = _START * (2.0 * centres - 1.0)
        gate = np.zeros((1 + places, self.patterns))
        gate[0] = np.log(share)
        self.start = np.concatenate([(offsets - share @ offsets).ravel(), gate.ravel()])
        self.level: np.ndarray | None = None

    def solve(self, ridge: float, iterations: int = 40) -> LabelMixture:
        """Return the mixture at a ridge, from the label sets: a strong ridge would lose them.

        Args:
            ridge: > 0.
            iterations: Of L-BFGS, at most.
        """
        self.level = None
        found = minimize(
            self.value,
            self.start,
            args=(ridge,),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": iterations, "maxcor": 10, "ftol": 1e-6, "gtol": 1e-4},
        )
        return LabelMixture(*self._parts(found.x), self.spec)

    def value(self, flat: np.ndarray, ridge: float) -> tuple[float, np.ndarray]:
        """Return the penalised loss and its gradient, at offsets and gate in one vector."""
        offsets, gate = self._parts(flat)
        narrow = offsets.astype(np.float32), gate.astype(np.float32)
        penalty = np.full(gate.shape, max(10.0 * ridge, 3.0))
        penalty[0] = _WEIGHTS
        by_offsets, by_gate = ridge * offsets, penalty * gate
        loss = 0.5 * float((ridge * offsets**2).sum() + (penalty * gate**2).sum())
        first, size = self.level is None, max(_NUMBERS // offsets.size, 8)
        level = np.empty_like(self.z) if self.level is None else self.level
        for start in range(0, len(self.z), size):
            rows = slice(start, start + size)
            weights = gated(self.p[rows], narrow[1])
            level[rows] = solved(
                self.p[rows],
                self.z[rows],
                weights,
                narrow[0],
                self.spec,
                24 if first else _WARM,
                None if first else level[rows],
            )
            s = shares(level[rows][:, None, :] + narrow[0], self.spec)
            part, of_offsets, of_gate = self._rows(rows, s, weights)
            loss += part
            by_offsets += of_offsets
            by_gate[0] += of_gate.sum(axis=0)
            by_gate[1:] += (2.0 * self.p[rows] - 1.0).T @ of_gate
        self.level = level
        return loss, np.concatenate([by_offsets.ravel(), by_gate.ravel()])

    def _rows(
        self, rows: slice, s: np.ndarray, weights: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Return loss and gradient by the offsets, and by the logit of each row's weights."""
        present, known = self.present[rows][:, None, :], self.known[rows][:, None, :]
        likely = 1.0 - known * np.abs(present - s)  # of what a yes/no label is
        if self.classes.any():
            likely = np.where(self.classes, np.where(known * present > 0, s, 1.0), likely)
        joint = np.log(weights + 1e-20) + np.log(np.maximum(likely, 1e-7)).sum(axis=2)
        top = joint.max(axis=1, keepdims=True)
        told = np.exp(joint - top)
        total = told.sum(axis=1, keepdims=True)
        told *= self.weight[rows][:, None] / total
        loss = -float((top + np.log(total))[:, 0] @ self.weight[rows])
        direct = (present - s) * (told[:, :, None] * known)
        by_level = direct.sum(axis=1)
        moved, back = self._implicit(s, weights, by_level)
        by_offsets = (moved * weights[:, :, None]).sum(axis=0) - direct.sum(axis=0)
        by_weight = -np.matmul(s, back[:, :, None])[:, :, 0]
        own = (weights * by_weight).sum(axis=1, keepdims=True)
        of_gate = weights * (self.weight[rows][:, None] - by_weight + own) - told
        return loss, by_offsets, of_gate

    def _implicit(
        self, s: np.ndarray, weights: np.ndarray, by_level: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what the pinned marginals take back, `(n, patterns, places)`, `(n, places)`."""
        slope = s - s * s
        curve = np.matmul(weights[:, None, :], slope)[:, 0] + 1e-6
        back = by_level / curve
        moved = slope * back[:, None, :]
        for column in self.spec.label_columns:
            if column.of_classes:
                own = slice(column.places[0], column.places[-1] + 1)
                part, count = s[:, :, own], len(column.places)
                curves = -np.matmul((part * weights[:, :, None]).transpose(0, 2, 1), part)
                at = np.arange(count)
                curves[:, at, at] += np.matmul(weights[:, None, :], part)[:, 0] + 1e-6
                curves += 1.0 / count  # one direction changes nothing
                solution = np.linalg.solve(curves, by_level[:, own, None])
                back[:, own] = solution[:, :, 0]
                spread = part * solution.transpose(0, 2, 1)
                moved[:, :, own] = spread - part * spread.sum(axis=2, keepdims=True)
        return moved, back

    def _parts(self, flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cut = self.patterns * self.spec.num_classes
        return flat[:cut].reshape(self.patterns, -1), flat[cut:].reshape(-1, self.patterns)


def _centres(
    sets: np.ndarray, w: np.ndarray, patterns: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return centres `(patterns, places)` of label sets, and the weight of the rows at each."""
    unique, of_row = np.unique(np.round(sets), axis=0, return_inverse=True)
    counts = np.bincount(of_row.ravel(), weights=w)
    order = np.argsort(-(counts + 1e-6 * rng.random(len(counts))))  # ties by chance
    centres = unique[order[:patterns]].astype(np.float64)
    total = counts[order[:patterns]]
    for _ in range(_LLOYD):
        near = ((centres**2).sum(axis=1) - 2.0 * unique @ centres.T).argmin(axis=1)
        total = np.bincount(near, weights=counts, minlength=len(centres))
        moved = np.zeros_like(centres)
        np.add.at(moved, near, unique * counts[:, None])
        centres = np.where(total[:, None] > 0, moved / np.maximum(total, 1e-9)[:, None], centres)
    return centres, total
