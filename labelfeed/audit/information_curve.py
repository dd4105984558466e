"""The information curve: how good a model is on the unknown labels, by the share that is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.intervals import t_interval
from labelfeed.metrics.partial_scores import METRICS, partial_scores
from labelfeed.models.wrapping import as_predictor, own_spec

__all__ = [
    "KNOWN_SHARES",
    "InformationCurve",
    "Interval",
    "hide_share",
    "information_curve",
    "interval_of",
]

Share = float | Literal["last"]
KNOWN_SHARES: tuple[Share, ...] = (0.0, 0.25, 0.5, 0.75, "last")


@dataclasses.dataclass(frozen=True)
class Interval:
    """A mean over paired seeds with its t-interval.

    Args:
        mean: Mean over the seeds.
        low: Lower end; NaN with one seed.
        high: Upper end; NaN with one seed.
        wins: Seeds in which the value is above zero (of use for differences).
        seeds: Number of seeds.
    """

    mean: float
    low: float
    high: float
    wins: int
    seeds: int

    def __str__(self) -> str:
        """Return the mean and both ends with three decimals."""
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclasses.dataclass(frozen=True)
class InformationCurve:
    """Scores of the unknown labels for each share of known labels and each seed.

    Args:
        shares: Shares known, in [0, 1), or `"last"`: all but one.
        values: For each metric of `METRICS`, a row of floats for each seed, one for each share.
        scored: Scored labels, averaged over the seeds, for each share.
    """

    shares: tuple[Share, ...]
    values: dict[str, tuple[tuple[float, ...], ...]]
    scored: tuple[float, ...]

    def interval(self, metric: str, share: Share, confidence: float = 0.95) -> Interval:
        """Return the mean of a metric at a share, with its interval over the seeds."""
        return interval_of(self._column(metric, share), confidence)

    def gain(
        self, other: InformationCurve, metric: str, share: Share, confidence: float = 0.95
    ) -> Interval:
        """Return this curve minus another, seed by seed (paired: same rows, same known labels)."""
        mine, theirs = self._column(metric, share), other._column(metric, share)
        if len(mine) != len(theirs):
            raise ValueError(
                f"Curves of {len(mine)} and {len(theirs)} seeds cannot be paired; run both with "
                "the same seeds."
            )
        return interval_of(mine - theirs, confidence)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        return {
            "shares": list(self.shares),
            "values": {k: [list(row) for row in v] for k, v in self.values.items()},
            "scored": list(self.scored),
        }

    def _column(self, metric: str, share: Share) -> np.ndarray:
        if metric not in self.values:
            raise ValueError(f"metric must be one of {METRICS}, got {metric!r}.")
        if share not in self.shares:
            raise ValueError(f"share must be one of {self.shares}, got {share!r}.")
        return np.asarray(self.values[metric])[:, self.shares.index(share)]


def information_curve(
    models: Any,
    x: Any,
    labels: np.ndarray | Sequence[np.ndarray],
    shares: Sequence[Share] = KNOWN_SHARES,
    seeds: int | Sequence[int] = 5,
    spec: LabelSpec | None = None,
) -> InformationCurve:
    """Measure how the scores of the unknown labels grow with the share of known ones.

    For each seed and share, that many labels of each row are drawn and given to the model; only
    the others are scored. The same seed draws the same labels for every model, so that curves
    can be compared pair by pair.

    Args:
        models: A `LabelFedModel`, a `Run`, or a function `(x, known) -> probabilities` with known
            int32 `(n, num_labels)`, -1 unknown; or a list of them, one for each seed (trained with
            that seed), so that the interval covers training too.
        x: Features of held-out rows; with a list of models, a list of one for each seed may be
            given (and labels likewise).
        labels: int array `(n, num_labels)`, -1 where missing: neither given nor scored.
        shares: Shares of the known labels of a row to give, each in [0, 1), or `"last"`: all but
            one.
        seeds: Number of seeds, or the seeds; as many as models if those are a list.
        spec: What the labels are, where some columns have classes: those are given as a whole.
            A `LabelFedModel` or `Run` brings its own.

    Returns:
        The `InformationCurve`.

    Raises:
        ValueError: A share is out of its range, or numbers of models and seeds differ.

    Example:
        >>> labels = np.random.default_rng(0).integers(0, 2, (50, 4))
        >>> curve = information_curve(lambda x, known: np.full(known.shape, 0.5), None, labels)
        >>> curve.interval("macro_auc", 0.5).mean
        0.5
    """
    several = isinstance(models, (list, tuple))
    numbers = list(range(seeds)) if isinstance(seeds, int) else list(seeds)
    if several and isinstance(seeds, int) and seeds == 5:
        numbers = list(range(len(models)))
    if several and len(models) != len(numbers):
        raise ValueError(f"Expected one model a seed, got {len(models)} for {len(numbers)} seeds.")
    per_seed = several and isinstance(labels, (list, tuple))
    values: dict[str, list[tuple[float, ...]]] = {metric: [] for metric in METRICS}
    scored = np.zeros(len(shares))
    for place, seed in enumerate(numbers):
        model = models[place] if several else models
        rows, y = (x[place], labels[place]) if per_seed else (x, labels)
        y = np.asarray(y)
        what = spec or own_spec(model) or LabelSpec.multi(y.shape[1])
        predictor = as_predictor(model, what, reads_label=True)
        points = []
        for share in shares:
            known = hide_share(y, share, seed, what)
            hidden = np.where(known == UNKNOWN, y, UNKNOWN)
            points.append(partial_scores(hidden, predictor.probabilities(rows, known)))
        for metric in METRICS:
            values[metric].append(tuple(getattr(point, metric) for point in points))
        scored += [point.scored / len(numbers) for point in points]
    return InformationCurve(
        tuple(shares), {k: tuple(v) for k, v in values.items()}, tuple(map(float, scored))
    )


def hide_share(
    labels: np.ndarray, share: Share, seed: int, spec: LabelSpec | None = None
) -> np.ndarray:
    """Return `labels` with -1 wherever they are hidden, the share known in every row alike.

    Args:
        labels: int array `(n, num_labels)`, -1 where missing.
        share: Share of each row's labels to leave known, in [0, 1), rounded to whole labels; or
            `"last"`: all but one. At least one label of a row stays hidden.
        seed: Seed of the draw. A larger share of the same seed keeps what a smaller one knows.
        spec: What the labels are; a column of classes is one label, known as a whole.

    Example:
        >>> (hide_share(np.ones((3, 4), int), 0.5, seed=0) == 1).sum(axis=1).tolist()
        [2, 2, 2]
    """
    if share != "last" and not (isinstance(share, (int, float)) and 0 <= share < 1):
        raise ValueError(f"share must be in [0, 1) or 'last', got {share!r}.")
    labels = np.asarray(labels)
    if spec is not None and spec.groups:
        columns = spec.label_columns
        there = np.stack([(labels[:, c.places] != UNKNOWN).any(axis=1) for c in columns], axis=1)
        shown = hide_share(np.where(there, 1, UNKNOWN), share, seed) == 1
        return np.where(np.repeat(shown, [len(c.places) for c in columns], 1), labels, UNKNOWN)
    there = labels != UNKNOWN
    order = np.where(there, np.random.default_rng(seed).random(labels.shape), 2.0)
    rank = order.argsort(axis=1).argsort(axis=1)  # missing labels rank last
    count = there.sum(axis=1, keepdims=True)
    wanted = count - 1 if share == "last" else np.floor(count * float(share) + 0.5)
    return np.where(rank < np.minimum(wanted, count - 1), labels, UNKNOWN)


def interval_of(values: Any, confidence: float = 0.95) -> Interval:
    """Return the `Interval` of one figure a seed; of paired differences, count the wins.

    Args:
        values: One figure a seed.
        confidence: Of the interval, in (0, 1).
    """
    values = np.asarray(values, np.float64)
    mean, half = t_interval(values, confidence)
    return Interval(mean, mean - half, mean + half, int((values > 0).sum()), len(values))
