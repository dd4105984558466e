"""The score that is tuned: that of labels which the model does not know."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.comparison.summary import UNITS
from labelfeed.data.dataset import Dataset, Sides
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.known_share import leave_known
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.probabilities import score
from labelfeed.models.wrapping import as_predictor
from labelfeed.types import AnyModel

__all__ = ["SCORED_SHARES", "hidden_score", "usual_metric"]

SCORED_SHARES = (0.0, 0.25, 0.5, 0.75)
"""Known shares of a row's labels that the score is the mean over, where a model reads them."""

_SEED = 0
# What their probabilities are of is not what stands in held-out rows: other shares of the classes,
# repaired labels, no probabilities at all.
_OWN = {"prior-adjusted": "macro_auc", "noisy-labels": "macro_auc", "margin": "accuracy"}


def usual_metric(strategy: str) -> str:
    """Return what a strategy is tuned by unless another metric is asked for.

    Example:
        >>> usual_metric("plain"), usual_metric("margin")
        ('log_loss', 'accuracy')
    """
    return _OWN.get(strategy, "log_loss")


def hidden_score(model: AnyModel, held: Dataset, metric: str) -> float:
    """Return a score of labels that a model does not know; more is better, NaN where there is none.

    Of several labels, where the model reads them, it is the mean over known shares of each row's
    labels, and only the unknown ones are scored. Side labels are known, as they are at inference;
    the target never is.

    Args:
        model: A `Run`, or another model that `as_predictor` takes.
        held: Labelled raw rows that it was not trained on.
        metric: A key of `labelfeed.comparison.summary.UNITS`.
    """
    held = held.take(held.labelled)
    predictor = as_predictor(model)
    spec, y = predictor.spec, held.labels
    sides = None
    if predictor.sides:
        ids = _in_classes(held.sides, predictor.sides)
        sides = Sides(tuple(predictor.sides), ids).columns()
    reads = len(spec.label_columns) > 1 and predictor.reads_label
    found: list[float | None] = []
    for share in SCORED_SHARES if reads else (0.0,):
        known = leave_known(y, share, _SEED, spec) if share else None
        scored = y if known is None else np.where(known == UNKNOWN, y, UNKNOWN)
        p = predictor.probabilities(held.features, known, sides)
        found.append(getattr(score(scored, p, spec, held.weights), metric))
    sign = float(np.sign(UNITS[metric][0]))
    values = [np.nan if value is None else sign * value for value in found]
    return float(np.mean(values))


def _in_classes(sides: Sides, specs: Sequence[LabelSpec]) -> np.ndarray:
    """Return the ids of side labels in the classes that a model knows, by name, -1 for others."""
    out = np.full((len(sides.ids), len(specs)), UNKNOWN, np.int32)
    columns = {spec.name: (spec, ids) for spec, ids in zip(sides.specs, sides.ids.T, strict=True)}
    for place, spec in enumerate(specs):
        if spec.name not in columns:
            continue
        own, ids = columns[spec.name]
        known = {spec.name_of(i): i for i in range(spec.num_classes)}
        of = [known.get(own.name_of(i), UNKNOWN) for i in range(own.num_classes)]
        out[:, place] = np.array([*of, UNKNOWN], np.int32)[ids]
    return out
