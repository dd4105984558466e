"""Whether a trained model knows nothing even of its training rows: labels may be mixed up."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.probabilities import score

__all__ = ["AT_CHANCE", "at_chance"]

AT_CHANCE = (
    "scores on the training rows are at chance: are the labels in the order of the rows? Nothing "
    "but their order joins the arrays of an npz"
)
_SHUFFLES = 20


def at_chance(
    labels: np.ndarray, probabilities: np.ndarray, spec: LabelSpec, seed: int = 0
) -> bool:
    """Return whether class probabilities fit their own labels no better than shuffled ones.

    Args:
        labels: Encoded labels of training rows, `(n,)` or `(n, num_labels)`.
        probabilities: `(n, num_classes)` of a model that read no label.
        spec: What the labels are.
        seed: Seed of the 20 shuffles; the best of their areas under the curve is chance.

    Example:
        >>> y = np.arange(60) % 2
        >>> at_chance(y, np.stack([1 - y, y], axis=1) * 0.2 + 0.4, LabelSpec.single(2))
        False
    """
    rng = np.random.default_rng(seed)
    own = score(labels, probabilities, spec).to_json()["macro_auc"]
    if own is None:
        return False
    shuffled = (score(rng.permutation(labels), probabilities, spec) for _ in range(_SHUFFLES))
    return bool(own <= max(found.to_json()["macro_auc"] or 0.0 for found in shuffled))
