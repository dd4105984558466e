"""Rows that lie nearer to another class's centre than to their own: are their labels right?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from keras import ops

from labelfeed.heads.base import label_ids
from labelfeed.heads.cosine import CosineHead
from labelfeed.types import ArrayLike

__all__ = ["Suspect", "mislabelled_rows"]


class Suspect(NamedTuple):
    """A row whose label its embedding contradicts.

    Attributes:
        row: Number of the row.
        label: Its label's id.
        nearest: Id of the class whose centre is nearest.
        score: Cosine with that centre minus the cosine with its own, in (0, 2].
    """

    row: int
    label: int
    nearest: int
    score: float


def mislabelled_rows(
    head: CosineHead, embedding: ArrayLike, label: ArrayLike, least: float = 0.0, block: int = 1024
) -> list[Suspect]:
    """Return rows whose embedding is nearer to another class's centre than to their own.

    A high score says that label and embedding contradict each other: a wrong label, or a row the
    embedding has not learnt. It tells more on rows that were not trained on, since a network that
    has learnt wrong labels by heart contradicts none.

    Args:
        head: A built head over cosines.
        embedding: `(n, dimension)`.
        label: Ids `(n,)`; rows with -1 (unknown) are passed over. Turn names into ids with
            `LabelSpec.encode`.
        least: Score from which on a row is returned, in [0, 2].
        block: Rows at a time.

    Returns:
        `Suspect` of each such row, the highest score first.

    Raises:
        ValueError: The head is not built, or shapes or labels do not fit it.

    Example:
        >>> head = CosineHead(2)
        >>> head.build((None, 2))
        >>> head.centres.assign([[1, 0], [0, 1]]) is None or True
        True
        >>> mislabelled_rows(head, [[3, 0], [0.6, 0.8]], [0, 0])
        [Suspect(row=1, label=0, nearest=1, score=0.2)]
    """
    if not isinstance(head, CosineHead) or not hasattr(head, "centres"):
        raise ValueError("Expected a built head over cosines; call it or build it first.")
    assert head.num_classes is not None
    embedding, label = np.asarray(embedding, np.float32), label_ids(label, head.num_classes)
    wanted = (len(label), head.centres.shape[1])
    if embedding.shape != wanted:
        raise ValueError(f"Expected embeddings {wanted} and labels (n,), got {embedding.shape}.")
    found = []
    for start in range(0, len(label), block):
        part = label[start : start + block]
        rows = ops.convert_to_tensor(embedding[start : start + block])
        cosine = ops.convert_to_numpy(head.scores(rows))
        nearest = cosine.argmax(axis=1)
        place = np.arange(len(part))
        score = cosine[place, nearest] - cosine[place, np.maximum(part, 0)]
        for i in np.flatnonzero((part >= 0) & (nearest != part) & (score >= least)):
            entry = (start + int(i), int(part[i]), int(nearest[i]), round(float(score[i]), 6))
            found.append(Suspect(*entry))
    return sorted(found, key=lambda suspect: -suspect.score)
