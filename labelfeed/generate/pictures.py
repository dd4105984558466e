"""The default denoising network of pictures: a small U-Net that labels modulate."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from labelfeed.generate.blocks import ModulatedBlock
from labelfeed.generate.networks import NOISY, condition_vector
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import KerasModel, Tensor

__all__ = ["image_network"]


def image_network(
    shape: tuple[int, int, int],
    spec: LabelSpec,
    *,
    sides: Sequence[LabelSpec] = (),
    width: int = 32,
    depth: int = 1,
    numbers: int = 0,
) -> KerasModel:
    """Return a denoising network of pictures: a small U-Net with AdaLN-Zero.

    Args:
        shape: `(height, width, channels)`.
        spec: The label that conditions.
        sides: Side labels that do too.
        width: Channels at full size, even; twice as many at half size.
        depth: Residual blocks on each side of each size, >= 1.
        numbers: How many numbers condition, beside the labels.

    Returns:
        Functional model of the inputs `noisy` `(batch, *shape)`, `noise_level` `(batch, 1)`, the
        labels by name, and `numbers` if there are any; its output is as `noisy`.

    Example:
        >>> network = image_network((8, 8, 1), LabelSpec.single(3), width=8)
        >>> tuple(network.output.shape)
        (None, 8, 8, 1)
    """
    if len(shape) != 3 or min(shape) < 1:
        raise ValueError(f"shape must be (height, width, channels), got {shape!r}.")
    height, across, channels = shape
    inputs, vector = condition_vector(4 * width, spec, sides, numbers)
    noisy = keras.Input(shape, name=NOISY)
    h = keras.layers.Conv2D(width, 3, padding="same")(noisy)
    skips, size = [], (height, across)
    widths = [width]
    while min(size) > 4 and all(s % 2 == 0 for s in size) and len(widths) < 3:
        h = _blocks(h, vector, depth)
        skips.append(h)
        widths.append(2 * widths[-1])
        h = keras.layers.Conv2D(widths[-1], 2, strides=2)(h)
        size = (size[0] // 2, size[1] // 2)
    h = _blocks(h, vector, 2 * depth)
    for skip in reversed(skips):
        h = keras.layers.Conv2DTranspose(skip.shape[-1], 2, strides=2)(h)
        h = keras.layers.Conv2D(skip.shape[-1], 1)(keras.layers.concatenate([h, skip]))
        h = _blocks(h, vector, depth)
    h = keras.layers.Activation("silu")(keras.layers.LayerNormalization()(h))
    out = keras.layers.Conv2D(
        channels, 3, padding="same", kernel_initializer="zeros", dtype="float32"
    )(h)
    return keras.Model([noisy, *inputs.values()], out)


def _blocks(h: Tensor, vector: Tensor, depth: int) -> Tensor:
    for _ in range(depth):
        width = h.shape[-1]
        block = keras.Sequential(
            [
                keras.layers.Conv2D(width, 3, padding="same", activation="silu"),
                keras.layers.Conv2D(width, 3, padding="same"),
            ]
        )
        h = ModulatedBlock(block)([h, vector])
    return h
