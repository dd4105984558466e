"""What the side labels of a run are worth: known, unknown and wrong, against the Bayes product."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.data.dataset import Dataset, Sides
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.intervals import interval_of
from labelfeed.metrics.probabilities import Scores, accuracy_gains, mean_scores, score
from labelfeed.models.wrapping import as_predictor
from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.sides.findings import wrong_sides
from labelfeed.types import AnyModel

__all__ = ["WRONG_SHARE", "score_sides"]

WRONG_SHARE = 0.2
_DRAWS = 5  # draws of which side labels are wrong


def score_sides(run: AnyModel, dataset: Dataset) -> dict[str, Any]:
    """Score a run of the strategy `side-label` on labelled rows.

    The plain posterior is that of the run with every side label unknown: the plain network of the
    run, which was trained on the same rows without them. Its Bayes product with the counts of the
    training rows is the peer that the side labels have to beat.

    Args:
        run: A `Run` of it, or another model with side labels that `as_predictor` takes.
        dataset: Labelled rows that were not trained on, with their side labels.

    Returns:
        JSON types: `"unknown"`, `"known"` and `"wrong"` (`WRONG_SHARE` of the known side labels
        replaced by another class, mean of 5 seeded draws), each a `Scores`; for a single target
        also `"product_known"` and `"product_wrong"` of the peer; `"over_plain"`, `"over_product"`
        and `"product_over_plain"`, gains in accuracy and half of their 95 %
        t-intervals over the rows, `None` with one row;
        `"rows"` and `"without"`, the number of rows and of those without any side label.
    """
    predictor = as_predictor(run)
    ids, spec, sides = dataset.sides.ids, predictor.spec, dataset.sides.specs
    plain, product = predictor.probabilities(dataset.features), predictor.product

    def learned(values: np.ndarray) -> np.ndarray:
        return predictor.probabilities(dataset.features, sides=Sides(sides, values).columns())

    def counted(peer: BayesProduct, values: np.ndarray) -> np.ndarray:
        made: np.ndarray = peer.predict_proba(plain, Sides(sides, values).columns())
        return made

    def scores(probabilities: np.ndarray) -> Scores:
        return score(dataset.labels, probabilities, spec, dataset.weights)

    known = learned(ids)
    wrong = [wrong_sides(ids, sides, WRONG_SHARE, seed) for seed in range(_DRAWS)]
    result: dict[str, Any] = {
        "rows": len(dataset),
        "without": int((ids == UNKNOWN).all(axis=1).sum()),
        "wrong_share": WRONG_SHARE,
        "unknown": scores(plain).to_json(),
        "known": scores(known).to_json(),
        "wrong": mean_scores([scores(learned(values)) for values in wrong]),
        "over_plain": _gain(dataset.labels, known, plain, spec),
    }
    if product is not None:
        peer = counted(product, ids)
        result["product_known"] = scores(peer).to_json()
        result["product_wrong"] = mean_scores(
            [scores(counted(product, values)) for values in wrong]
        )
        result["over_product"] = _gain(dataset.labels, known, peer, spec)
        result["product_over_plain"] = _gain(dataset.labels, peer, plain, spec)
    return result


def _gain(
    labels: np.ndarray, ours: np.ndarray, theirs: np.ndarray, spec: LabelSpec
) -> list[float | None]:
    """Return the gain in accuracy and half of its 95 % t-interval, paired by row."""
    gains = accuracy_gains(labels, ours, theirs, spec)
    if not len(gains):
        return [None, None]
    found = interval_of(gains)
    return [found.mean, found.half if found.seeds > 1 else None]
