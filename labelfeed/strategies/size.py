"""Whether a network can be trained here at all, before anything is allocated for it."""

from __future__ import annotations

import dataclasses

from labelfeed.limits import allowed_bytes, in_words, memory
from labelfeed.options import StrategyOptions
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.pictures import FeatureShape, split_shape

__all__ = ["check_size", "least_bytes"]

_WEIGHT = 16  # bytes: the weight, its gradient, the two moments of AdamW
_VALUE = 4
_FIRST_FILTERS, _LAST_FILTERS, _SMALLEST_MAP = 32, 128, 8  # of the default network for images
_DEEPEST = 1000  # layers; beyond, building takes minutes and Python's stack ends


def check_size(shape: FeatureShape, rows: int, classes: int, options: StrategyOptions) -> None:
    """Raise `NetworkError` for a default network that the memory cannot hold.

    Args:
        shape: Shape of one row of preprocessed features.
        rows: Number of training rows.
        classes: Number of outputs.
        options: Those of the strategy.
    """
    if options.depth > _DEEPEST:
        raise NetworkError(f"depth must be at most {_DEEPEST}, got {options.depth}.")
    if dataclasses.asdict(options).get("network") is not None:
        return
    picture, _ = split_shape(shape)
    needed = least_bytes(shape, rows, classes, options)
    there = max(memory(), allowed_bytes(1.0))
    if needed > there:
        image = "" if picture is None else f", images of {picture[0]} x {picture[1]} pixels"
        raise NetworkError(
            f"A network of width {options.width} and depth {options.depth}{image}, in batches of "
            f"{min(options.batch_size, rows)}, takes at least {in_words(needed)} of memory, and "
            f"there are {in_words(there)}: make it smaller."
        )


def least_bytes(shape: FeatureShape, rows: int, classes: int, options: StrategyOptions) -> int:
    """Return how many bytes training takes at least: weights, and the values of one batch.

    Args:
        shape: As for `check_size`.
        rows: As for `check_size`.
        classes: As for `check_size`.
        options: As for `check_size`.

    Example:
        >>> from labelfeed.options import PlainOptions
        >>> least_bytes((30,), 500, 2, PlainOptions(width=100, depth=2)) / 1e6
        0.2624
    """
    width, depth = options.width, options.depth
    values = width * depth
    picture, inputs = split_shape(shape)
    if picture is not None:
        height, breadth = picture[:2]
        values += height * breadth * _FIRST_FILTERS
        blocks = 0
        while min(height, breadth) > _SMALLEST_MAP or not blocks:
            height, breadth, blocks = -(-height // 2), -(-breadth // 2), blocks + 1
        inputs += height * breadth * min(_LAST_FILTERS, _FIRST_FILTERS * 2 ** (blocks - 1))
    embedding = dataclasses.asdict(options).get("embedding_dim", 0)
    weights = inputs * width + (depth - 1) * width * width
    weights += embedding * (width + classes) if embedding else width * classes
    return _WEIGHT * weights + _VALUE * min(options.batch_size, rows) * (values + embedding)
