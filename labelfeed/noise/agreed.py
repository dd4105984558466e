"""What several annotators and the features together say about the true classes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.annotators import Consensus, consensus
from labelfeed.noise.honest import find_noise
from labelfeed.noise.suiting import suiting_plain
from labelfeed.types import Plain

__all__ = ["agree", "agreed_ids"]


def agreed_ids(given: np.ndarray, classes: int) -> np.ndarray:
    """Return the class that annotators alone make most probable `(n,)`, -1 where none labels a row.

    Args:
        given: Class ids `(n, R)`, -1 unknown.
        classes: Number of classes.

    Example:
        >>> given = [[0, 0, -1], [1, 1, 0], [0, 0, 0], [1, 1, 1], [-1, -1, -1]]
        >>> agreed_ids(np.array(given), 2).tolist()
        [0, 1, 0, 1, -1]
    """
    best = consensus(given, classes).posterior.argmax(axis=1)
    return np.where((given != UNKNOWN).any(axis=1), best, UNKNOWN).astype(np.int32)


def agree(
    x: np.ndarray,
    given: np.ndarray,
    spec: LabelSpec,
    *,
    groups: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    plain: Plain = "auto",
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
) -> tuple[Consensus, np.ndarray]:
    """Return the consensus of annotators and features, and `P(true class | features)` `(n, C)`.

    The first consensus, of the annotators alone, is judged by `find_noise` as any label is; the
    probabilities of models that never saw a row's label are the prior of the second one.

    Args:
        x: Features `(n, d)`, finite.
        given: Class ids `(n, R)` of the annotators, -1 unknown.
        spec: Of the one label that they agree on.
        groups: `(n,)`: rows of one group are judged by models that saw none of it.
        weight: `(n,)`, of the rows.
        plain: As `LabelFedClassifier` takes it.
        seed: Seed of everything drawn.
        on_step: Called with the number of blends fitted, from 0, and the number of all.

    Raises:
        EstimatorError: The rows cannot be learned from.
        NoiseError: No annotator has labelled any row.

    References:
        Dawid and Skene 1979; Raykar et al. 2010, Learning from crowds.
    """
    (column,) = spec.label_columns
    y = column.labels(agreed_ids(given, column.num_classes))
    (judged,) = find_noise(
        x, y, spec, groups=groups, weight=weight, plain=suiting_plain(plain, y), seed=seed,
        on_step=on_step,
    )  # fmt: skip
    return consensus(given, column.num_classes, judged.clean), judged.clean
