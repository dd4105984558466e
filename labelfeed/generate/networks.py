"""The default denoising network of tables: a residual MLP that labels modulate."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from labelfeed.generate.blocks import ModulatedBlock, NoiseFeatures
from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.label_embedding import LabelEmbedding
from labelfeed.types import KerasModel, Tensor

__all__ = ["GIVEN", "LEVEL", "NOISY", "NUMBERS", "condition_vector", "table_network"]

NOISY, LEVEL, GIVEN, NUMBERS = "noisy", "noise_level", "given", "numbers"  # inputs of a network
VECTOR = 64  # width of what noise level and labels say together: it costs 3 * 64 a unit and block


def condition_vector(
    width: int, spec: LabelSpec, sides: Sequence[LabelSpec] = (), numbers: int = 0
) -> tuple[dict[str, Tensor], Tensor]:
    """Return inputs for noise level, labels and numbers, by name, and a vector of them all.

    Args:
        width: Length of the vector, even, >= 2.
        spec: The label.
        sides: The side labels.
        numbers: How many numbers are conditions; each has a flag beside it, 1 where it is known.

    Returns:
        The inputs, and `(batch, width)`.

    Raises:
        ValueError: A label has the name of another input.
    """
    for label in (spec, *sides):
        if label.input_name in (NOISY, LEVEL, GIVEN, NUMBERS):
            raise ValueError(
                f"A label of a generator cannot be called {label.name!r}, as an input of its "
                "network is: rename the column."
            )
    inputs = {LEVEL: keras.Input((1,), name=LEVEL)}
    vectors = [keras.layers.Dense(width)(NoiseFeatures(64)(inputs[LEVEL]))]
    for label in (spec, *sides):
        inputs[label.input_name] = LabelInput(label)
        vectors.append(LabelEmbedding(width, label)(inputs[label.input_name]))
    if numbers:
        inputs[NUMBERS] = keras.Input((2 * numbers,), name=NUMBERS)
        vectors.append(keras.layers.Dense(width)(inputs[NUMBERS]))
    vector = keras.layers.Activation("silu")(keras.layers.add(vectors))
    return inputs, keras.layers.Dense(width)(vector)


def table_network(
    d: int,
    spec: LabelSpec,
    *,
    sides: Sequence[LabelSpec] = (),
    width: int = 256,
    depth: int = 4,
    numbers: int = 0,
    dropout: float = 0.0,
) -> KerasModel:
    """Return a denoising network of rows of d numbers: a residual MLP with AdaLN-Zero.

    Args:
        d: Columns of x, >= 1.
        spec: The label that conditions.
        sides: Side labels that do too.
        width: Units of each layer, even.
        depth: Residual blocks, >= 1.
        numbers: How many numbers condition, beside the labels.
        dropout: Probability in [0, 1) that a unit is zeroed in training.

    Returns:
        Functional model of the inputs `noisy` `(batch, d)`, `noise_level` `(batch, 1)`, `given`
        `(batch, 2 d)`: values and flags of the columns that are given; the labels by name, and
        `numbers` `(batch, 2 numbers)` if there are any. Its output is `(batch, d)`.

    Example:
        >>> network = table_network(5, LabelSpec.single(3), width=16, depth=1)
        >>> sorted(i.name for i in network.inputs), tuple(network.output.shape)
        (['given', 'label', 'noise_level', 'noisy'], (None, 5))
    """
    for name, value, least in (("d", d, 1), ("width", width, 2), ("depth", depth, 1)):
        if not isinstance(value, int) or value < least:
            raise ValueError(f"{name} must be an integer >= {least}, got {value!r}.")
    inputs, vector = condition_vector(VECTOR, spec, sides, numbers)
    noisy, given = keras.Input((d,), name=NOISY), keras.Input((2 * d,), name=GIVEN)
    h = keras.layers.Dense(width)(keras.layers.concatenate([noisy, given]))
    for _ in range(depth):
        h = ModulatedBlock(dropout=dropout)([h, vector])
    h = keras.layers.LayerNormalization()(h)
    out = keras.layers.Dense(d, kernel_initializer="zeros", dtype="float32")(h)
    return keras.Model([noisy, given, *inputs.values()], out)
