"""Labels of the nearest other rows as a plain model, by a distance that is learned."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.estimators.column_math import column_losses, logits_of
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.member import CrossFitted
from labelfeed.estimators.nearest import NO_ROW, RowMarks, joined_units, nearest_keys
from labelfeed.estimators.neighbour_keys import (
    NeighbourKeys,
    base_rates,
    fit_keys,
    label_counts,
    shares_of,
)
from labelfeed.labels.spec import LabelSpec

__all__ = ["NeighbourLogits", "NeighbourMember"]

_LEAST = 1e-4  # share that counts in a logit
_NEIGHBOURS, _CONTEXT = 96, 20_000
_TOLD = 4096  # neighbours' labels at once, rows


@dataclasses.dataclass(frozen=True, eq=False)
class NeighbourLogits:
    """Logits of the shares of labels among the k nearest rows of a context.

    Rows equal to a row of the context never read that row, nor what belongs to it.

    Args:
        keys: Of features.
        key: float32 `(m, width)`, of the context.
        labels: int `(m, places)` of 1, 0, -1.
        marks: Tell equal rows.
        equal: int32 `(m,)`, marks of the context.
        groups: int `(m,)`, >= 0; equal rows are of one.
        base: `(places,)`, base rates.
        spec: What the labels are.
        k: Neighbours.
    """

    keys: NeighbourKeys
    key: np.ndarray
    labels: np.ndarray
    marks: RowMarks
    equal: np.ndarray
    groups: np.ndarray
    base: np.ndarray
    spec: LabelSpec
    k: int

    @classmethod
    def of(
        cls,
        keys: NeighbourKeys,
        x: np.ndarray,
        y: np.ndarray,
        groups: np.ndarray,
        spec: LabelSpec,
        k: int,
    ) -> NeighbourLogits:
        """Return the model whose context are features `(m, d)` and labels `(m, places)`."""
        marks = RowMarks.fitting(x)
        base = base_rates(y, spec)
        return cls(keys, keys(x), y, marks, marks.of(x), groups, base, spec, min(k, len(x)))

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Return float64 logits `(n, places)` of features `(n, d)`."""
        own = self.marks.of(x)
        order = np.argsort(self.equal, kind="stable")
        at = np.minimum(np.searchsorted(self.equal[order], own), len(order) - 1)
        twin = order[at]
        group = np.where(self.equal[twin] == own, self.groups[twin], NO_ROW)
        found = nearest_keys(
            self.keys(x), self.key, self.k, apart=(group, self.groups)
        )  # fmt: skip
        out = np.empty((len(x), self.labels.shape[1]))
        for start in range(0, len(x), _TOLD):
            part = slice(start, start + _TOLD)
            far = np.sqrt(found.squared[part])
            weight = np.exp(np.where(np.isinf(far[:, :1]), 0, far[:, :1]) - far)
            weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
            labels = self.labels[found.rows[part]]  # those that are not there weigh 0
            shares = np.empty((len(labels), labels.shape[2]))
            for place in range(labels.shape[2]):
                present, known = label_counts(labels[:, :, place])
                shares[:, place] = _told(weight, present, known, self.base[place])
            out[part] = logits_of(shares, self.spec, _LEAST)
        return out


def _told(
    weight: np.ndarray, present: np.ndarray, known: np.ndarray, base: np.ndarray
) -> np.ndarray:
    rows = weight[:, None, :]
    found = shares_of(rows, present[:, :, None], known[:, :, None], np.asarray(base)[None])
    out: np.ndarray = found[:, 0, 0]
    return out


class NeighbourMember:
    """The labels of the nearest other training rows, weighted by a learned distance.

    Keys are learned without each fold and on all rows (`fit_keys`); a held-out row reads labels of
    rows outside of its fold alone. The model keeps keys and labels of its training rows.

    Args:
        groups: int `(n,)`: rows that belong together, and no neighbours; `None`: each by itself.
        k: Neighbours, >= 1.
        context: Training rows that are kept at most, >= 1, drawn at random.
        steps: Of learning the keys, >= 2; `None`: 200 for 1,300 rows, and more for more.

    References:
        Ye et al. 2025, Revisiting nearest neighbor for tabular data; Gorishniy et al. 2024, TabR.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> x = rng.normal(size=(90, 2)).astype("float32")
        >>> y = (x[:, :1] * x[:, 1:] > 0).astype(int)
        >>> folds = np.arange(90) % 3
        >>> found = NeighbourMember(steps=20).cross_fit(x, y, LabelSpec.multi(1), folds)
        >>> bool(((found.oof > 0) == y).mean() > 0.7)
        True
    """

    name = "neighbours"
    optional = True

    def __init__(
        self,
        groups: np.ndarray | None = None,
        k: int = _NEIGHBOURS,
        context: int = _CONTEXT,
        steps: int | None = None,
    ) -> None:
        """Check the sizes."""
        for name, value, least in (("k", k, 1), ("context", context, 1), ("steps", steps, 2)):
            whole = isinstance(value, int) and not isinstance(value, bool)
            if value is not None and not (whole and value >= least):
                raise EstimatorError(
                    f"{name} must be a whole number of at least {least}, got {value!r}."
                )
        self.groups = None if groups is None else np.unique(groups, return_inverse=True)[1]
        self.k, self.context, self.steps = k, context, steps

    def grouped(self, groups: np.ndarray) -> NeighbourMember:
        """Return the same, of rows that belong together."""
        return NeighbourMember(groups, self.k, self.context, self.steps)

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
        """Learn keys without each fold and on all rows; halfway is taken where it was better."""
        x = np.asarray(x, np.float32)
        groups = np.arange(len(x)) if self.groups is None else self.groups
        if len(groups) != len(x):
            raise EstimatorError(f"There are {len(groups)} groups of {len(x)} rows; give one each.")
        groups = joined_units(RowMarks.fitting(x).of(x), groups)
        known = (y >= 0).any(axis=1)

        def fitted(rows: np.ndarray) -> list[NeighbourLogits]:
            rows = np.flatnonzero(rows & known)
            rng = np.random.default_rng(seed)
            keys = fit_keys(
                x[rows], y[rows], spec, groups[rows], steps=self._steps(len(rows)),
                seed=seed,
                row_weight=None if sample_weight is None else sample_weight[rows],
            )  # fmt: skip
            if len(rows) > self.context:
                rows = np.sort(rng.choice(rows, self.context, replace=False))
            return [
                NeighbourLogits.of(one, x[rows], y[rows], groups[rows], spec, self.k)
                for one in keys
            ]

        w = np.ones(len(x)) if sample_weight is None else sample_weight
        oof = np.zeros((2, *y.shape))
        for fold in np.unique(folds):
            inside = folds == fold
            if not (known & ~inside).any():
                continue  # nothing is known elsewhere: even odds
            for at, model in enumerate(fitted(~inside)):
                oof[at, inside] = model.logits(x[inside])
        losses = [(column_losses(y, z, spec) * w[:, None]).sum() for z in oof]
        best = int(losses[1] <= losses[0])
        final = fitted(np.ones(len(x), bool))[best]
        note = "" if len(final.key) == known.sum() else f"{len(final.key):,} rows are kept"
        return CrossFitted(self.name, oof[best], final, note)

    def _steps(self, rows: int) -> int:
        if self.steps is not None:
            return self.steps
        return int(np.clip(round(200 * (rows / 1300) ** 0.3), 100, 600))
