"""The information curve: how good a model is on the unknown labels, by the share that is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.known_share import KnownShare, leave_known
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.information import METRICS, InformationCurve
from labelfeed.metrics.probabilities import score
from labelfeed.models.wrapping import as_predictor, own_spec
from labelfeed.types import AnyModel, Features

__all__ = ["KNOWN_SHARES", "information_curve"]

KNOWN_SHARES: tuple[KnownShare, ...] = (0.0, 0.25, 0.5, 0.75, "last")


def information_curve(
    models: AnyModel | Sequence[AnyModel],
    x: Features,
    labels: np.ndarray | Sequence[np.ndarray],
    shares: Sequence[KnownShare] = KNOWN_SHARES,
    seeds: int | Sequence[int] = 5,
    spec: LabelSpec | None = None,
    weights: np.ndarray | None = None,
) -> InformationCurve:
    """Measure how the scores of the unknown labels grow with the known share.

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
        shares: Known shares of each row's labels, each in [0, 1), or `"last"`: all but one.
        seeds: Number of seeds, or the seeds; as many as models if those are a list.
        spec: What the labels are, where some columns have classes: those are given as a whole.
            A `LabelFedModel` or `Run` brings its own.
        weights: Weights of the rows or labels, as for `score`, the same for every seed.

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
            known = leave_known(y, share, seed, what)
            hidden = np.where(known == UNKNOWN, y, UNKNOWN)
            points.append(score(hidden, predictor.probabilities(rows, known), what, weights))
        for metric in METRICS:
            found = [getattr(point, metric) for point in points]
            values[metric].append(tuple(math.nan if v is None else v for v in found))
        scored += [point.labels / len(numbers) for point in points]
    return InformationCurve(
        tuple(shares), {k: tuple(v) for k, v in values.items()}, tuple(map(float, scored))
    )
