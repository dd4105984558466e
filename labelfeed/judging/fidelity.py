"""Label fidelity: does a classifier of real rows find the label that was asked for?"""

from __future__ import annotations

import dataclasses

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from labelfeed.judging.estimate import Estimate, mean_recall
from labelfeed.results import Result

__all__ = ["Fidelity", "fidelity"]

_FOLDS = 5
_TREES = 100
_LEAST = 5  # real held-out rows of a class, without which no fold learns it


@dataclasses.dataclass(frozen=True)
class Fidelity(Result):
    """How often the label that was asked for is found again, each class counting alike.

    Attributes:
        target: Name of the label.
        synthetic: Balanced accuracy on the synthetic rows.
        real: The same of real rows that the classifier was not trained on.
        classes: Classes that count: those with five real held-out rows or more.
        left_out: Classes with fewer.
    """

    target: str
    synthetic: Estimate
    real: Estimate
    classes: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @property
    def chance(self) -> float:
        """What guessing scores."""
        return 1 / max(len(self.classes), 1)

    @property
    def gap(self) -> Estimate:
        """`synthetic` less `real`: below 0 the label is obeyed less, above 0 rows are too easy."""
        return self.synthetic.minus(self.real)

    @property
    def has_effect(self) -> bool:
        """Whether the label is found more often than by guessing."""
        return self.synthetic.low > self.chance


def fidelity(
    target: str,
    held_out: tuple[np.ndarray, np.ndarray],
    synthetic: tuple[np.ndarray, np.ndarray],
    names: np.ndarray,
    seed: int,
) -> Fidelity | None:
    """Return how often a classifier of real rows finds the label.

    The classifier learns from *held-out* rows, in five folds, so that it has seen neither what a
    generator could have copied nor the real rows that it is scored on. Extremely randomized trees
    (Geurts et al. 2006); each class has the same weight when it decides.

    Args:
        target: Name of the label.
        held_out: Vectors `(m, d)` and class ids `(m,)` of real rows that no generator has seen.
        synthetic: The same of synthetic rows; -1 is a class that training does not have.
        names: The classes by id.
        seed: Of folds and trees.

    Returns:
        `None` where fewer than two classes have enough held-out rows.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> y = np.arange(100) % 2
        >>> x = rng.normal(size=(100, 2)) + 8 * y[:, None]
        >>> found = fidelity("y", (x, y), (x, 1 - y), np.array(["a", "b"]), 0)
        >>> found.synthetic.value, found.real.value, found.has_effect
        (0.0, 1.0, False)
    """
    x, y = held_out
    counts = np.bincount(y[y >= 0], minlength=len(names))
    kept = np.flatnonzero(counts >= _LEAST)
    if len(kept) < 2:
        return None
    x, y = x[np.isin(y, kept)], y[np.isin(y, kept)]
    folds = np.empty(len(y), int)  # dealt class by class: each fold has its share
    rng = np.random.default_rng(seed)
    folds[np.lexsort((rng.random(len(y)), y))] = np.arange(len(y)) % _FOLDS
    asked = np.isin(synthetic[1], kept)
    rows, wanted = synthetic[0][asked], synthetic[1][asked]
    real, total = np.empty(len(y), int), np.zeros((len(rows), len(kept)))
    for fold in range(_FOLDS):
        train, test = folds != fold, folds == fold
        trees = ExtraTreesClassifier(_TREES, min_samples_leaf=2, random_state=seed)
        trees.fit(x[train], y[train])
        weight = len(trees.classes_) * np.bincount(y[train])[trees.classes_] / train.sum()
        real[test] = trees.classes_[(trees.predict_proba(x[test]) / weight).argmax(axis=1)]
        if len(rows):
            total += trees.predict_proba(rows) / weight
    found = kept[total.argmax(axis=1)]
    return Fidelity(
        target,
        mean_recall(wanted, found, kept),
        mean_recall(y, real, kept),
        tuple(str(names[c]) for c in kept),
        tuple(str(name) for c, name in enumerate(names) if c not in kept),
    )
