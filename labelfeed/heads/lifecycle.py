"""What happens to a head's classes over time: more, fewer, compared, made from data."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from labelfeed.heads.base import label_ids
from labelfeed.heads.cosine import CosineHead
from labelfeed.types import ArrayLike

__all__ = ["add_classes", "drop_classes", "prototypes", "similar_classes"]


def add_classes(head: CosineHead, count: int, centres: ArrayLike | None = None) -> CosineHead:
    """Return a copy of the head with `count` classes more, after those it has.

    Args:
        head: A built head over cosines; its scores for the classes it has stay as they are.
        count: Number of classes to add, >= 1.
        centres: Centres of the new classes, `(count * sub_centres, dimension)`, for example
            `prototypes(...)`; by default drawn by the head's initializer.

    Raises:
        ValueError: The head is not built, `count` is below 1, or the centres do not fit.

    Example:
        >>> head = CosineHead(2)
        >>> head.build((None, 4))
        >>> tuple(add_classes(head, 3).centres.shape)
        (5, 4)
    """
    old = _centres(head)
    if count < 1:
        raise ValueError(f"count must be >= 1, got {count!r}.")
    rows = count * head.sub_centres
    if centres is None:
        new = ops.convert_to_numpy(head.centre_initializer((rows, old.shape[1]), "float32"))
    else:
        new = np.asarray(centres, np.float32)
        if new.shape != (rows, old.shape[1]):
            raise ValueError(f"centres must be {(rows, old.shape[1])}, got {new.shape}.")
    return _copy(head, np.concatenate([old, new]))


def drop_classes(head: CosineHead, classes: Sequence[int]) -> CosineHead:
    """Return a copy of the head without some classes; those left keep their order.

    Args:
        head: A built head over cosines.
        classes: Ids of the classes to drop; at least two must be left.

    Raises:
        ValueError: The head is not built, an id is out of range, or fewer than two are left.

    Example:
        >>> head = CosineHead(5)
        >>> head.build((None, 4))
        >>> drop_classes(head, [0, 3]).num_classes
        3
    """
    old = _centres(head)
    number = len(old) // head.sub_centres
    gone = set(classes)
    if wrong := sorted(c for c in gone if not 0 <= c < number):
        raise ValueError(f"Classes to drop must be ids in 0 .. {number - 1}, got {wrong[0]!r}.")
    left = [c for c in range(number) if c not in gone]
    if len(left) < 2:
        raise ValueError(f"A head needs two classes; dropping {len(gone)} leaves {len(left)}.")
    kept = old.reshape(number, head.sub_centres, -1)[left]
    return _copy(head, kept.reshape(-1, old.shape[1]))


def prototypes(embedding: ArrayLike, label: ArrayLike, num_classes: int) -> np.ndarray:
    """Return the direction of the mean of the unit embeddings of each class.

    As centres of `add_classes` they predict classes that training never met.

    Args:
        embedding: `(n, dimension)`.
        label: Ids `(n,)` in 0 .. num_classes - 1, -1 where unknown.
        num_classes: Number of classes.

    Returns:
        float32 unit vectors `(num_classes, dimension)`.

    Raises:
        ValueError: A class has no row, or a label is no id in range.

    Reference:
        Snell et al. (2017), Prototypical Networks for Few-shot Learning.

    Example:
        >>> prototypes([[2, 0], [0, 3]], [1, 0], 2).tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """
    embedding, label = np.asarray(embedding, np.float64), label_ids(label, num_classes)
    unit = embedding / np.maximum(np.linalg.norm(embedding, axis=1, keepdims=True), 1e-12)
    out = np.zeros((num_classes, embedding.shape[1]))
    np.add.at(out, label[label >= 0], unit[label >= 0])
    empty = np.flatnonzero(np.bincount(label[label >= 0], minlength=num_classes) == 0)
    if len(empty):
        raise ValueError(f"Class {empty[0]} has no row; {len(empty)} classes have none.")
    norm = np.linalg.norm(out, axis=1, keepdims=True)
    return (out / np.maximum(norm, 1e-12)).astype(np.float32)


def similar_classes(head: CosineHead, least: float = 0.8) -> list[tuple[int, int, float]]:
    """Return pairs of classes whose centres point the same way: duplicates, or mixed-up labels.

    Args:
        head: A built head over cosines.
        least: Cosine from which a pair is returned, in [-1, 1].

    Returns:
        `(class, class, cosine)`, the most alike first; for several centres a class their greatest
        cosine.

    Example:
        >>> head = CosineHead(3)
        >>> head.build((None, 2))
        >>> head.centres.assign([[1, 0], [0, 1], [2, 0]]) is None or True
        True
        >>> similar_classes(head)
        [(0, 2, 1.0)]
    """
    centres = _centres(head)
    unit = centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
    number, sub = len(unit) // head.sub_centres, head.sub_centres
    found = []
    for start in range(0, number, 1024):
        stop = min(start + 1024, number)
        cosine = unit[start * sub : stop * sub] @ unit[start * sub :].T
        cosine = cosine.reshape(stop - start, sub, number - start, sub).max(axis=(1, 3))
        rows, columns = np.nonzero(np.triu(cosine >= least, k=1))
        pairs = zip(rows + start, columns + start, cosine[rows, columns], strict=True)
        found += [(int(i), int(j), round(float(c), 6)) for i, j, c in pairs]
    return sorted(found, key=lambda pair: -pair[2])


def _centres(head: CosineHead) -> np.ndarray:
    if not isinstance(head, CosineHead) or not hasattr(head, "centres"):
        raise ValueError("Expected a built head over cosines; call it or build it first.")
    return np.asarray(ops.convert_to_numpy(head.centres), np.float32)


def _copy(head: CosineHead, centres: np.ndarray) -> CosineHead:
    """Return a head of the same kind and state with other centres."""
    config = head.get_config()
    if "num_classes" not in config:
        raise ValueError(f"{type(head).__name__} has settings for each class; make a new one.")
    config["num_classes"] = len(centres) // head.sub_centres
    config["name"] = None
    config["dtype"] = head.dtype_policy
    for key in ("centre_initializer", "centre_regularizer"):
        config[key] = keras.saving.deserialize_keras_object(config[key])
    made = type(head)(**config)
    made.build((None, centres.shape[1]))
    made.built = True
    for new, old in zip(made.weights, head.weights, strict=True):
        new.assign(centres if new is made.centres else old)
    return made
