"""One draw for each column: a column of classes is shown or hidden as a whole."""

from __future__ import annotations

import numpy as np
from keras import ops

from labelfeed.labels.columns import first_places, same_column
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import SeedGenerator, Tensor
from labelfeed.visibility.policies import Visibility

__all__ = ["draw_columns", "joint_draw", "sample_columns"]


def draw_columns(
    visibility: Visibility, ids: Tensor, spec: LabelSpec, seed_generator: SeedGenerator
) -> Tensor:
    """Return what a visibility shows in a training step, True or False, whole columns alike.

    One class of a column that is shown would tell its siblings. So a column follows the draw of
    its present class: `Masked` draws each column once, `LikeData` shows a column as often as it
    shows the present class.

    Args:
        visibility: The policy.
        ids: int32 tensor `(batch,)` or `(batch, num_labels)`, -1 unknown.
        spec: The label's spec.
        seed_generator: `keras.random.SeedGenerator` that the draw advances.
    """
    shown = visibility.draw(ids, seed_generator)
    return joint_draw(shown, ids, spec) if spec.class_columns else shown


def joint_draw(shown: Tensor, ids: Tensor, spec: LabelSpec) -> Tensor:
    """Return a boolean tensor in which each column follows its present class, else its first."""
    same = ops.convert_to_tensor(same_column(spec))
    present = ops.cast(ids == 1, "float32")
    chosen = ops.matmul(ops.where(shown, present, 0.0), same) > 0
    first = ops.take(shown, ops.convert_to_tensor(first_places(spec)), axis=1)
    return ops.where(ops.matmul(present, same) > 0, chosen, first)


def sample_columns(
    visibility: Visibility, labels: np.ndarray, spec: LabelSpec, seed: int | None = None
) -> np.ndarray:
    """Return `labels` with -1 wherever the visibility hides them, whole columns alike.

    Args:
        visibility: The policy.
        labels: int array `(n,)` or `(n, num_labels)`, -1 unknown.
        spec: The label's spec.
        seed: Seed of the draw; the visibility's own when `None`.

    Example:
        >>> from labelfeed.visibility.policies import Masked
        >>> colour = LabelSpec.single(["red", "green", "blue"], name="colour")
        >>> labels = np.array([[0, 1, 0, 1]] * 100)
        >>> spec = LabelSpec.columns([colour, "fever"])
        >>> shown = sample_columns(Masked(0.5), labels, spec, seed=0)
        >>> sorted(set((shown[:, :3] >= 0).sum(axis=1).tolist()))
        [0, 3]
    """
    labels = np.asarray(labels)
    sampled = visibility.sample(labels, seed=seed)
    for column in spec.label_columns if spec.class_columns else ():
        if not column.of_classes:
            continue
        places = list(column.places)
        own = labels[:, places]
        # A known one, since the draw of an unknown one is not there to see.
        lead = np.where((own == 1).any(1), (own == 1).argmax(1), (own != UNKNOWN).argmax(1))
        shown = np.take_along_axis(sampled[:, places], lead[:, None], axis=1) != UNKNOWN
        sampled[:, places] = np.where(shown, own, UNKNOWN)
    return sampled
