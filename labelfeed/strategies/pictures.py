"""Pictures as vectors: a view drawn in training, blocks of convolutions; columns beside them."""

from __future__ import annotations

import math
from typing import TypeAlias

import keras

from labelfeed.layers.random_view import RandomView
from labelfeed.options.base import AUGMENTATIONS
from labelfeed.types import Tensor

__all__ = ["FeatureShape", "as_vector", "augmented", "flat_shape", "parts", "split_shape"]

FeatureShape: TypeAlias = tuple[int, ...] | tuple[tuple[int, ...], int]
"""`(d,)`, `(height, width, channels)`, or `((height, width, channels), d)`: a picture with `d`
numbers beside it, in one row: the pixels, flattened, then the numbers."""

_FILTERS = (32, 64, 128)
_MAP_DROPOUT = 0.5  # of the flattened maps
_SMALLEST_MAP = 8  # convolution blocks halve an image until its shorter side is this or less


def flat_shape(shape: FeatureShape) -> tuple[int, ...]:
    """Return the shape of a row as the network reads it.

    Example:
        >>> flat_shape((28, 28, 1)), flat_shape(((28, 28, 1), 3))
        ((28, 28, 1), (787,))
    """
    picture, beside = split_shape(shape)
    if picture is None or not beside:
        return tuple(shape)  # type: ignore[arg-type]  # of whole numbers alone
    return (math.prod(picture) + beside,)


def parts(features: Tensor, shape: FeatureShape) -> tuple[Tensor | None, Tensor | None]:
    """Return the picture and the numbers beside it of each row; `None` where there are none.

    Args:
        features: Symbolic tensor `(batch, *flat_shape(shape))`.
        shape: As above.
    """
    picture, beside = split_shape(shape)
    if picture is None:
        return None, features
    if not beside:
        return features, None
    pixels = math.prod(picture)
    return keras.layers.Reshape(picture)(features[:, :pixels]), features[:, pixels:]


def augmented(picture: Tensor, augment: str) -> Tensor:
    """Return pictures that training sees from a place drawn anew at each step.

    Args:
        picture: Symbolic tensor `(batch, height, width, channels)`.
        augment: One of `AUGMENTATIONS`: `"light"` shifts half of them by up to 8 %, turns them by
            up to 10 degrees and scales them by up to 10 %; `"flip"` also mirrors half of all, left
            for right; `"none"`.

    Raises:
        ValueError: There is no such augmentation.
    """
    if augment not in AUGMENTATIONS:
        known = ", ".join(map(repr, AUGMENTATIONS))
        raise ValueError(f"augment must be one of {known}, got {augment!r}.")
    if augment == "none":
        return picture
    return RandomView(flip=augment == "flip")(picture)


def as_vector(
    features: Tensor, shape: FeatureShape, activation: str, augment: str = "none"
) -> Tensor:
    """Return vectors as they are; pictures through blocks of convolution and pooling, flattened.

    Half of the flattened maps are dropped in training. Numbers beside a picture stand after them.

    Args:
        features: Symbolic tensor `(batch, *flat_shape(shape))`.
        shape: `(d,)`, `(height, width, channels)` or `((height, width, channels), d)`.
        activation: Activation of the convolutions.
        augment: What training draws, as for `augmented`.
    """
    picture, numbers = parts(features, shape)
    if picture is None:
        return features
    h = augmented(picture, augment)
    block = 0
    while True:
        filters = _FILTERS[min(block, len(_FILTERS) - 1)]
        h = keras.layers.Conv2D(filters, 3, padding="same", activation=activation)(h)
        h = keras.layers.MaxPooling2D(2, padding="same")(h)  # (batch, height / 2, width / 2, ...)
        block += 1
        if min(h.shape[1:3]) <= _SMALLEST_MAP:
            h = keras.layers.Dropout(_MAP_DROPOUT)(keras.layers.Flatten()(h))
            return h if numbers is None else keras.layers.Concatenate()([h, numbers])


def split_shape(shape: FeatureShape) -> tuple[tuple[int, ...] | None, int]:
    """Return the picture's shape, `None` where there is none, and how many numbers there are.

    Example:
        >>> split_shape((5,)), split_shape((8, 8, 1)), split_shape(((8, 8, 1), 3))
        ((None, 5), ((8, 8, 1), 0), ((8, 8, 1), 3))
    """
    first, *rest = shape
    if isinstance(first, (tuple, list)):
        return tuple(first), int(rest[0])
    return (tuple(shape), 0) if len(shape) == 3 else (None, first)
