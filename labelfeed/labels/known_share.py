"""The known share of a row's labels: the one meaning of "50 % known" in every score and chart."""

from __future__ import annotations

from typing import Literal

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["KnownShare", "leave_known"]

KnownShare = float | Literal["last"]


def leave_known(
    labels: np.ndarray, known_share: KnownShare, seed: int, spec: LabelSpec | None = None
) -> np.ndarray:
    """Return `labels` with a share of every row left known and -1 elsewhere.

    Args:
        labels: int array `(n, num_labels)`, -1 where missing.
        known_share: Share of each row's labels to leave known, in [0, 1), rounded to whole
            labels; or `"last"`: all but one. At least one label of a row stays hidden.
        seed: Seed of the draw. A larger share of the same seed keeps what a smaller one knows.
        spec: What the labels are; a column of classes is one label, known as a whole.

    Example:
        >>> (leave_known(np.ones((3, 4), int), 0.5, seed=0) == 1).sum(axis=1).tolist()
        [2, 2, 2]
    """
    number = isinstance(known_share, (int, float))
    if known_share != "last" and not (number and 0 <= known_share < 1):
        raise ValueError(f"known_share must be in [0, 1) or 'last', got {known_share!r}.")
    labels = np.asarray(labels)
    if spec is not None and spec.class_columns:
        columns = spec.label_columns
        there = np.stack([(labels[:, c.places] != UNKNOWN).any(axis=1) for c in columns], axis=1)
        shown = leave_known(np.where(there, 1, UNKNOWN), known_share, seed) == 1
        return np.where(np.repeat(shown, [len(c.places) for c in columns], 1), labels, UNKNOWN)
    there = labels != UNKNOWN
    order = np.where(there, np.random.default_rng(seed).random(labels.shape), 2.0)
    rank = order.argsort(axis=1).argsort(axis=1)  # missing labels rank last
    count = there.sum(axis=1, keepdims=True)
    wanted = count - 1 if known_share == "last" else np.floor(count * float(known_share) + 0.5)
    return np.where(rank < np.minimum(wanted, count - 1), labels, UNKNOWN)
