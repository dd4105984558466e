"""So much of each row is known: the one meaning of "50 % known" in every score and chart."""

from __future__ import annotations

from typing import Literal

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["Share", "hide_share"]

Share = float | Literal["last"]


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
