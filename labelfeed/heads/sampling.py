"""Which classes a step's softmax runs over: those of the batch, and a share of the others."""

from __future__ import annotations

import math
from typing import NamedTuple

import keras
from keras import ops

from labelfeed.types import SeedGenerator, Tensor

__all__ = ["Drawn", "draw_classes", "drawn_count", "keep_labels", "valid_share"]


class Drawn(NamedTuple):
    """The classes of one step.

    Attributes:
        centres: `(count * sub_centres, dimension)`, the centres of the classes drawn.
        place: int32 `(batch,)`, where the row's class stands among them; -1 where the label is
            unknown, `count` where the classes of the batch found no place.
    """

    centres: Tensor
    place: Tensor


def valid_share(share: float | None) -> float | None:
    """Return the share of classes as float; raise `ValueError` unless it is in (0, 1]."""
    if share is None:
        return None
    if isinstance(share, bool) or not 0 < float(share) <= 1:
        raise ValueError(
            f"sample is the share of classes of a step, in (0, 1], or None; got {share!r}."
        )
    return float(share)


def drawn_count(num_classes: int, share: float | None) -> int:
    """Return how many classes a step runs over: `ceil(share * num_classes)`, at least 2.

    Example:
        >>> drawn_count(1000, 0.1), drawn_count(1000, None)
        (100, 1000)
    """
    if share is None:
        return num_classes
    return min(num_classes, max(2, math.ceil(round(share * num_classes, 6))))


def draw_classes(num_classes: int, count: int, seed: SeedGenerator) -> tuple[Tensor, Tensor]:
    """Draw `count` different classes, each class with the same probability, in time O(count).

    The classes lie on a circle that starts at a random one, cut into sections of equal length;
    each section gives (or, for more than half of the classes, leaves out) one at random.

    Args:
        num_classes: Number of classes C.
        count: How many to draw, in 1 .. C - 1.
        seed: `keras.random.SeedGenerator`; it advances twice.

    Returns:
        `(places, start)`, int32: rising places `(count,)` on the circle, and where it starts.
        The ids of the classes are `(places + start) % C`.

    Example:
        >>> places, start = draw_classes(10, 3, keras.random.SeedGenerator(0))
        >>> tuple(places.shape), tuple(start.shape)
        ((3,), ())
    """
    start = keras.random.randint((), 0, num_classes, dtype="int32", seed=seed)
    sections = min(count, num_classes - count)
    length = num_classes // sections
    chosen = keras.random.randint((sections,), 0, length, dtype="int32", seed=seed)
    first = ops.arange(sections, dtype="int32") * length
    if sections == count:
        return first + chosen, start
    others = ops.arange(length - 1, dtype="int32")[None, :]
    others = others + ops.cast(others >= chosen[:, None], "int32")
    rest = ops.arange(sections * length, num_classes, dtype="int32")
    return ops.concatenate([ops.reshape(first[:, None] + others, (-1,)), rest]), start


def keep_labels(
    places: Tensor, start: Tensor, label: Tensor, num_classes: int
) -> tuple[Tensor, Tensor]:
    """Put the classes of the batch among those drawn, in place of others; shapes stay.

    Args:
        places: int32 `(count,)`, from `draw_classes`.
        start: int32, from `draw_classes`.
        label: int32 `(batch,)`, ids; -1 where unknown.
        num_classes: Number of classes.

    Returns:
        `(ids, place)`, int32: ids of the classes, `(count,)`, all different, and `place` of
        `Drawn`.
    """
    count = places.shape[0]
    known = ops.logical_and(label >= 0, label < num_classes)
    own = ops.mod(label - start, num_classes)
    at = ops.minimum(ops.cast(ops.searchsorted(places, own), "int32"), count - 1)
    inside = ops.logical_and(known, ops.take(places, at) == own)
    same = ops.logical_and(own[:, None] == own[None, :], known[None, :])
    first = ops.cast(ops.argmax(ops.cast(same, "int32"), axis=1), "int32")
    fresh = ops.logical_and(first == ops.arange(ops.shape(label)[0], dtype="int32"), known)
    missing = ops.cast(ops.logical_and(fresh, ops.logical_not(inside)), "int32")
    # One slot more than there are, for what must not be written.
    slots = ops.where(inside, at, count)
    held = ops.scatter_update(
        ops.zeros((count + 1,), "int32"), slots[:, None], ops.cast(inside, "int32")
    )
    free = ops.cumsum(1 - held[:count])  # the k-th free slot is where this reaches k
    found = ops.searchsorted(free, ops.cumsum(missing))
    slots = ops.where(inside, at, ops.cast(found, "int32"))
    slots = ops.where(known, ops.take(slots, first), count)
    padded = ops.concatenate([places, ops.zeros((1,), "int32")])
    kept = ops.scatter_update(padded, slots[:, None], own)[:count]
    return ops.mod(kept + start, num_classes), ops.where(known, slots, -1)
