"""The information curve of side labels: unknown, known, and wrong in a share of the rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from labelfeed.metrics.intervals import Interval, interval_of
from labelfeed.models.wrapping import as_predictor
from labelfeed.results import Result
from labelfeed.sides.findings import wrong_sides
from labelfeed.types import AnyModel, Features, Labels, SideValues

__all__ = ["POINTS", "SideCurve", "side_curve"]

POINTS = ("unknown", "known", "wrong")


@dataclasses.dataclass(frozen=True)
class SideCurve(Result):
    """Accuracy with side labels unknown, known and partly wrong, for each seed.

    Args:
        accuracy: For each of `POINTS` a float for each seed.
        product: The same of the plain posterior times the Bayes product; empty without one.
        wrong_share: Share of the known side labels that were replaced for `"wrong"`.
    """

    accuracy: dict[str, tuple[float, ...]]
    product: dict[str, tuple[float, ...]]
    wrong_share: float

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each point: the mean accuracy with its interval, and of the product."""
        rows = []
        for point in self.accuracy:
            own = self.interval(point)
            found = {"side labels": point, "accuracy": own.mean, "low": own.low, "high": own.high}
            if self.product:
                found["Bayes product"] = interval_of(self.product[point]).mean
            rows.append(found)
        return pd.DataFrame(rows)

    def interval(self, point: str, confidence: float = 0.95) -> Interval:
        """Return the mean accuracy at a point, with its interval over the seeds."""
        return interval_of(self.accuracy[point], confidence)

    def gain(self, point: str = "known", over: str = "plain", confidence: float = 0.95) -> Interval:
        """Return the accuracy at a point minus that of a peer, paired by seed.

        Args:
            point: One of `POINTS`.
            over: `"plain"` (side labels unknown) or `"product"` (at the same point).
            confidence: Of the interval, in (0, 1).
        """
        if over not in ("plain", "product") or (over == "product" and not self.product):
            raise ValueError(f"over must be 'plain' or, with a product, 'product'; got {over!r}.")
        theirs = self.accuracy["unknown"] if over == "plain" else self.product[point]
        return interval_of(np.subtract(self.accuracy[point], theirs), confidence)


def side_curve(
    models: Sequence[AnyModel],
    x: Features,
    y: Labels,
    sides: SideValues,
    wrong_share: float = 0.2,
) -> SideCurve:
    """Measure what side labels are worth, over models that were trained with one seed each.

    Args:
        models: `SideLabelModel`s or other predictors of a single target, one for each seed. Their
            own prediction with nothing known is the plain posterior that their Bayes product
            (`product`) corrects.
        x: Features of held-out rows; or a list of one for each model (y and sides likewise).
        y: Targets: what `LabelSpec.encode` takes; unknown ones are not scored.
        sides: Dict of the side labels by name.
        wrong_share: Share in [0, 1] of known side labels that `"wrong"` replaces by another class.

    Returns:
        The `SideCurve`.

    Raises:
        ValueError: There is no model, or the target or a side label is multi.

    Example:
        >>> spec = labelfeed.LabelSpec
        >>> digit, turn = spec.single(3), spec.single(2, "turn")
        >>> model = labelfeed.strategies.side_label(digit, (4,), [turn], width=4)
        >>> x, y = np.random.rand(20, 4), np.arange(20) % 3
        >>> curve = side_curve([model], x, y, {"turn": [0, 1] * 10})
        >>> sorted(curve.accuracy)
        ['known', 'unknown', 'wrong']
    """
    if not models:
        raise ValueError("side_curve needs at least one model.")
    each = isinstance(x, (list, tuple))
    accuracy: dict[str, list[float]] = {point: [] for point in POINTS}
    product: dict[str, list[float]] = {point: [] for point in POINTS}
    for seed, model in enumerate(models):
        rows, targets, given = (x[seed], y[seed], sides[seed]) if each else (x, y, sides)
        predictor = as_predictor(model)
        specs = predictor.sides
        if predictor.spec.kind != "single" or any(spec.kind != "single" for spec in specs):
            raise ValueError("side_curve needs a single target and single side labels.")
        truth = predictor.spec.encode(targets)
        known = np.stack([spec.encode(given[spec.name]) for spec in specs], axis=1)
        plain = predictor.probabilities(rows)
        values = {
            "unknown": np.full_like(known, -1),
            "known": known,
            "wrong": wrong_sides(known, specs, wrong_share, seed),
        }
        for point, ids in values.items():
            by_name = {spec.name: ids[:, k] for k, spec in enumerate(specs)}
            scores = predictor.probabilities(rows, sides=by_name)
            accuracy[point].append(_accuracy(truth, scores))
            if predictor.product is not None:
                corrected = predictor.product.predict_proba(plain, by_name)
                product[point].append(_accuracy(truth, corrected))
    return SideCurve(
        {point: tuple(found) for point, found in accuracy.items()},
        {point: tuple(found) for point, found in product.items() if found},
        wrong_share,
    )


def _accuracy(truth: np.ndarray, scores: np.ndarray) -> float:
    return float((scores.argmax(axis=1) == truth)[truth >= 0].mean())
