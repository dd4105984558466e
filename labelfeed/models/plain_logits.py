"""Plain logits computed before a phase that trains what stands behind them: the trunk rests."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.base import LabelLayer
from labelfeed.models.keras_private import call_behind, call_inside
from labelfeed.types import Features, KerasModel, SeedGenerator, Tensor

__all__ = [
    "PLAIN_LOGITS",
    "behind",
    "draws_of",
    "has_logits",
    "one_draw",
    "plain_draws",
    "plain_part",
]

PLAIN_LOGITS = "labelfeed_plain_logits"
"""Key under which plain logits `(batch, draws, width)` travel in the place of features."""

_MOST_DRAWS = 8
_MOST_NUMBERS = 1 << 26  # of all draws together: 256 MB of float32


def plain_part(network: KerasModel, spec: LabelSpec) -> KerasModel | None:
    """Return what computes the one vector that the label readers of a network read of the features.

    Args:
        network: Functional model.
        spec: Of its label input.

    Returns:
        `features -> (batch, width)`; `None` where the readers read several vectors, maps or
        features as they are, or something else reads features past them.

    Example:
        >>> import labelfeed
        >>> spec = LabelSpec.multi(2)
        >>> model = labelfeed.strategies.partial_labels(spec, (4,), width=8)
        >>> plain_part(model.network, spec).output_shape
        (None, 2)
    """
    features = [i for i in network.inputs if i.name != spec.input_name]
    label = [i for i in network.inputs if i.name == spec.input_name]
    try:
        read = [
            tensor
            for layer in network.layers
            if isinstance(layer, LabelLayer)
            for tensor in keras.tree.flatten(layer.input)
        ]
        cuts = {id(t): t for t in read if not any(t is i for i in label)}
        cut = next(iter(cuts.values())) if len(cuts) == 1 else None
        if cut is None or len(cut.shape) != 2 or any(cut is i for i in features):
            return None
        plain = keras.Model(features, cut)
        return plain if _tells_all(network, plain, spec) else None
    except (AttributeError, ValueError):  # called twice, or what it reads depends on the label
        return None


def _tells_all(network: KerasModel, plain: KerasModel, spec: LabelSpec) -> bool:
    """Tell on two rows whether the network is what stands behind its plain part, and no more."""
    rng = np.random.default_rng(0)
    values = [rng.random((2, *i.shape[1:])).astype(i.dtype) for i in plain.inputs]
    ids = np.zeros((2, *spec.shape), np.int32)
    given = iter(values)
    inputs = [ids if i.name == spec.input_name else next(given) for i in network.inputs]
    try:
        logits = plain(values, training=False)
        found = behind(network, plain, spec, logits, ops.convert_to_tensor(ids))
    except (KeyError, ValueError, TypeError):  # something behind it reads features
        return False
    expected = ops.convert_to_numpy(network(inputs, training=False))
    return bool(np.allclose(ops.convert_to_numpy(found), expected, rtol=1e-4, atol=1e-5))


def behind(
    network: KerasModel, plain: KerasModel, spec: LabelSpec, logits: Tensor, label: Tensor
) -> Tensor:
    """Return what a network says of the vector that its plain part has computed before.

    Args:
        network: Functional model.
        plain: Its `plain_part`.
        spec: Of its label input.
        logits: `(batch, width)`.
        label: Ids.
    """
    inputs = [label if i.name == spec.input_name else logits for i in network.inputs]
    return call_behind(network, frozenset(plain.operations), logits, inputs)


def has_logits(features: Features) -> bool:
    """Tell whether plain logits stand in the place of features."""
    return isinstance(features, dict) and PLAIN_LOGITS in features


class _Noisy(keras.Model):
    """A network as it is in training: with its dropout."""

    def __init__(self, network: KerasModel) -> None:
        super().__init__(name="noisy")
        self.network = network

    def call(self, x: Features, training: bool | None = None) -> Tensor:
        return call_inside(self.network, x, True)


def draws_of(rows: int, width: int, epochs: int) -> int:
    """Return how many draws of the dropout are worth their passes: up to 8, one an epoch at most.

    Args:
        rows: Number of rows.
        width: Of the logits.
        epochs: Most epochs of the phase that they are for.

    Example:
        >>> draws_of(1000, 10, 40), draws_of(1000, 10, 2), draws_of(10_000_000, 10, 40)
        (8, 2, 0)
    """
    return min(_MOST_DRAWS, epochs, max(_MOST_NUMBERS // max(rows * width, 1) - 1, 0))


def plain_draws(
    plain: KerasModel, x: Features, draws: int, batch_size: int | None = None
) -> np.ndarray:
    """Return what a network says of rows, at inference and then with several draws of its dropout.

    Args:
        plain: features -> logits `(batch, width)`; it must not learn in training mode.
        x: Features as it takes them, arrays.
        draws: Number of draws; fewer where all are alike.
        batch_size: Rows per step.

    Returns:
        float32 `(n, 1 + draws, width)`, `(n, 1, width)` where nothing is drawn.
    """
    options: dict[str, Any] = {"batch_size": batch_size, "verbose": 0}
    found = [np.asarray(plain.predict(x, **options), np.float32)]
    noisy = _Noisy(plain)
    for _ in range(draws):
        drawn = np.asarray(noisy.predict(x, **options), np.float32)
        if len(found) == 1 and np.allclose(drawn, found[0], rtol=1e-5, atol=1e-6):
            break  # there is no dropout
        found.append(drawn)
    return np.stack(found, axis=1)


def one_draw(logits: Tensor, training: bool | None, seed: SeedGenerator) -> Tensor:
    """Return for each row a draw at random in training, else the logits of inference.

    Args:
        logits: `(batch, 1 + draws, width)` of `plain_draws`.
        training: Whether it is a training step.
        seed: What draws.
    """
    count = logits.shape[1]
    if not training or count == 1:
        return logits[:, 0]
    which = keras.random.randint((ops.shape(logits)[0],), 1, count, seed=seed)
    return ops.sum(logits * ops.one_hot(which, count)[:, :, None], axis=1)
