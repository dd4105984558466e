"""How far scores of some rows would differ with other rows, for one model or a pair."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.intervals import Interval

__all__ = ["FEWEST_ROWS", "RESAMPLED", "Resampled", "resampled"]

FEWEST_ROWS = 30  # rows (or groups of them), below which there is no interval
RESAMPLED = ("macro_auc", "accuracy", "log_loss")
"""Scores that have one."""
_EACH = 5  # rows with and without a label, below which its area has none
_DRAWS, _NUMBERS = 400, 2_000_000


@dataclasses.dataclass(frozen=True, eq=False)
class Resampled:
    """Scores of models on the rows as they are, and on rows drawn from them.

    Args:
        estimates: By score a value for each model, `(models,)`, NaN where there is none.
        draws: By score `(models, draws)`; empty where rows are too few for an interval.
    """

    estimates: dict[str, np.ndarray]
    draws: dict[str, np.ndarray]

    def interval(self, metric: str, model: int = 0, confidence: float = 0.95) -> Interval:
        """Return a score with its interval; the ends are NaN where rows are too few."""
        return self._of(
            self.estimates[metric][model], self.draws[metric][model : model + 1], confidence
        )

    def difference(self, metric: str, one: int, other: int, confidence: float = 0.95) -> Interval:
        """Return the score of one model minus that of another on the same draws."""
        value = self.estimates[metric][one] - self.estimates[metric][other]
        drawn = self.draws[metric]
        return self._of(value, drawn[one : one + 1] - drawn[other : other + 1], confidence)

    @staticmethod
    def _of(value: float, drawn: np.ndarray, confidence: float) -> Interval:
        there = drawn[np.isfinite(drawn)]
        if there.size < 2:
            return Interval(float(value), float("nan"), float("nan"), 0, 0)
        low, high = np.quantile(there, [(1 - confidence) / 2, (1 + confidence) / 2]).tolist()
        return Interval(float(value), low, high, int((there > 0).sum()), int(there.size))


def resampled(
    labels: np.ndarray,
    probabilities: Sequence[np.ndarray],
    spec: LabelSpec,
    groups: np.ndarray | None = None,
    weights: np.ndarray | None = None,
    seed: int = 0,
) -> Resampled:
    """Return scores on bootstrap draws of the rows, the same draws for all models.

    Whole groups are drawn, with replacement, 400 times. The macro-AUC is the mean over labels (of
    one label: over classes; of two classes it is one area) that have at least 5 rows of both
    states. How far another training would differ is not in it.

    Args:
        labels: As `score` takes them, -1 not scored.
        probabilities: Of each model `(n, num_classes)`.
        spec: What the labels are.
        groups: `(n,)`: rows that belong together; `None`: each stands alone.
        weights: Weights of the rows `(n,)`; those of single labels do not count here.
        seed: Of the draws.

    References:
        Efron 1979, Bootstrap methods; Field and Welsh 2007, Bootstrapping clustered data.

    Example:
        >>> y = np.arange(40) % 2
        >>> p = np.where(np.arange(40) < 36, y, 1 - y) * 0.8 + 0.1
        >>> found = resampled(y, [np.stack([1 - p, p], axis=1)], LabelSpec.single(2))
        >>> f"{found.interval('accuracy'):.2f}"
        '0.90 [0.80, 0.97]'
    """
    labels = np.asarray(labels)
    right, loss, count, areas = _by_row(labels, probabilities, spec)
    w = np.ones(len(labels)) if weights is None or np.ndim(weights) > 1 else np.asarray(weights)
    own = count > 0
    codes = np.arange(len(labels)) if groups is None else np.asarray(groups)
    cluster = np.unique(codes[own], return_inverse=True)[1]
    right, loss, count, w = right[:, own], loss[:, own], count[own], w[own]
    areas = [(truth[own], p[:, own]) for truth, p in areas]
    number = int(cluster.max(initial=-1)) + 1
    areas = [(t, p) for t, p in areas if min((t == 1).sum(), (t == 0).sum()) >= 1]
    enough = all(min((t == 1).sum(), (t == 0).sum()) >= _EACH for t, _ in areas)

    def scores(of: np.ndarray) -> dict[str, np.ndarray]:
        """Return by score `(models, draws)` for weights `(draws, n)`."""
        total = np.maximum(of @ count, 1e-12)
        found = [_areas(truth, p, of) for truth, p in areas]
        empty = np.full((len(probabilities), len(of)), np.nan)
        with np.errstate(invalid="ignore"):
            mean = _nanmean(np.stack(found)) if found else empty
        return {
            "macro_auc": mean,
            "accuracy": right @ of.T / total,
            "log_loss": loss @ of.T / total,
        }

    estimates = {name: v[:, 0] for name, v in scores(w[None]).items()}
    none = {name: np.empty((len(probabilities), 0)) for name in RESAMPLED}
    if number < FEWEST_ROWS:
        return Resampled(estimates, none)
    rng, parts = np.random.default_rng(seed), []
    step = max(1, min(_DRAWS, _NUMBERS // len(cluster)))
    for start in range(0, _DRAWS, step):
        times = rng.multinomial(number, np.full(number, 1 / number), min(step, _DRAWS - start))
        parts.append(scores(times[:, cluster] * w))
    draws = {name: np.concatenate([part[name] for part in parts], axis=1) for name in RESAMPLED}
    if not enough:
        draws["macro_auc"] = none["macro_auc"]
    return Resampled(estimates, draws)


def _by_row(
    labels: np.ndarray, probabilities: Sequence[np.ndarray], spec: LabelSpec
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Return sums over the labels of each row, and of each place its states and probabilities."""
    n, models = len(labels), len(probabilities)
    right, loss, count = np.zeros((models, n)), np.zeros((models, n)), np.zeros(n)
    yes_no = spec.label_columns[0].labels(labels) if not spec.shape else labels
    for column in spec.label_columns:
        ids = column.ids(labels)
        there = ids != UNKNOWN
        count += there
        for place, p in enumerate(probabilities):
            own = column.probabilities(np.asarray(p, np.float64))
            even = not column.of_classes  # yes at one half, as `score` has it
            guess = own[:, 1] >= 0.5 if even else own.argmax(axis=1)
            right[place] += (guess == ids) & there
            true = own[np.arange(n), np.maximum(ids, 0)]
            loss[place] += np.where(there, -np.log(np.clip(true, 1e-7, 1.0)), 0.0)
    places = [1] if not spec.shape and spec.num_classes == 2 else range(spec.num_classes)
    areas = [
        (yes_no[:, i], np.stack([np.asarray(p, np.float64)[:, i] for p in probabilities]))
        for i in places
    ]
    return right, loss, count, areas


def _areas(truth: np.ndarray, p: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Return areas under the ROC curve `(models, draws)`; ties count a half."""
    known = truth != UNKNOWN
    yes, found = truth[known] == 1, []
    for own in p[:, known]:
        order = np.argsort(own, kind="stable")
        starts = np.flatnonzero(np.diff(own[order], prepend=-np.inf))
        w = of[:, known][:, order]
        up = np.add.reduceat(w * yes[order], starts, axis=1)
        down = np.add.reduceat(w * ~yes[order], starts, axis=1)
        below = np.cumsum(down, axis=1) - down / 2
        total = up.sum(axis=1) * down.sum(axis=1)
        found.append(np.where(total > 0, (up * below).sum(axis=1) / np.maximum(total, 1e-300),
                              np.nan))  # fmt: skip
    return np.stack(found)


def _nanmean(values: np.ndarray) -> np.ndarray:
    there = np.isfinite(values)
    mean: np.ndarray = np.where(there, values, 0).sum(axis=0) / there.sum(axis=0)
    return mean
