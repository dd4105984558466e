"""Networks of several members for tables: cross-fitted in one training, averaged afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.member_dense import MemberDense
from labelfeed.layers.piecewise_linear_encoding import PiecewiseLinearEncoding
from labelfeed.layers.robust_scaling import RobustScaling
from labelfeed.types import KerasModel, Tensor

__all__ = ["build_ensemble_network", "mean_network", "member_loss", "put_weights"]


def build_ensemble_network(
    shape: tuple[int, ...],
    spec: LabelSpec,
    members: int,
    *,
    copies: int = 1,
    width: int = 64,
    depth: int = 2,
    activation: str = "relu",
    dropout: float = 0.3,
    scaling: RobustScaling | None = None,
    encoding: PiecewiseLinearEncoding | None = None,
    drawn: bool = True,
) -> KerasModel:
    """Return several networks for vectors as one, none of which knows the weights of another.

    Each is an MLP on the scaled features and the bins of the encoding; `copies` of it share their
    kernels and differ by factors (`MemberDense`).

    Args:
        shape: `(d,)`.
        spec: The label.
        members: Networks, >= 1.
        copies: Copies of each network, >= 1.
        width: Units of each dense layer, >= 1.
        depth: Number of dense layers before the last, >= 1.
        activation: Any Keras activation of theirs.
        dropout: Probability in [0, 1) that one of their units is zeroed in training.
        scaling: What the features pass through; `None`: nothing.
        encoding: What is put beside them; `None`: nothing.
        drawn: Whether the weights are drawn; else they are 0, for `put_weights`, as JAX takes
            seconds to compile the draws.

    Returns:
        `keras.Model(features, logits)`, float32, logits `(batch, members * copies, num_classes)`;
        the copies of a member stand one after the other. The logits start at 0.

    Example:
        >>> network = build_ensemble_network((30,), LabelSpec.multi(3), members=5, copies=2)
        >>> tuple(network.output.shape)
        (None, 10, 3)
    """
    features = keras.Input(tuple(shape), name="features")
    h = features if scaling is None else scaling(features)
    if encoding is not None:
        h = keras.layers.Concatenate()([h, encoding(features)])
    for place in range(depth):
        h = MemberDense(
            width,
            members,
            copies,
            activation,
            signs=drawn and place == 0,
            kernel_initializer="he_normal" if drawn else "zeros",
            # So that a feature of two values is cut at different places too.
            bias_initializer=(
                keras.initializers.RandomNormal(stddev=0.1) if drawn and not place else "zeros"
            ),
        )(h)
        if dropout:
            h = keras.layers.Dropout(dropout)(h)
    logits = MemberDense(
        spec.num_classes, members * copies, kernel_initializer="zeros", name="logits"
    )(h)
    return keras.Model(features, logits)


def mean_network(
    ensemble: KerasModel, scale: np.ndarray | float = 1.0, shift: np.ndarray | float = 0.0
) -> KerasModel:
    """Return features -> the mean over all members of the logits, scaled and shifted.

    The scale goes into the weights of the ensemble's last layer, whose own logits change with it.

    Args:
        ensemble: What `build_ensemble_network` returned.
        scale: Factor of each logit, a number or `(num_classes,)`.
        shift: Added to each after that.

    Returns:
        `keras.Model(features, logits)`, logits `(batch, num_classes)`.

    References:
        Breiman 1996, Bagging predictors.
    """
    last = ensemble.get_layer("logits")
    last.kernel.assign(last.kernel * ops.cast(scale, last.kernel.dtype))
    last.bias.assign(last.bias * ops.cast(scale, last.bias.dtype) + ops.cast(shift, "float32"))
    return keras.Model(ensemble.input, ops.mean(ensemble.output, axis=1), name="network")


def put_weights(ensemble: KerasModel, layers: Sequence[dict[str, np.ndarray]]) -> None:
    """Give the dense layers of an ensemble weights that were trained elsewhere.

    Args:
        ensemble: What `build_ensemble_network` returned.
        layers: For each of them its weights by name, as of `estimators.member_networks`.
    """
    dense = [layer for layer in ensemble.layers if isinstance(layer, MemberDense)]
    for layer, weights in zip(dense, layers, strict=True):
        for name, value in weights.items():
            getattr(layer, name).assign(value)


def member_loss(spec: LabelSpec) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the loss of each member on each row: the mean over the label columns.

    `-log P(y_c)` of column `c`, softmax over classes or sigmoid of yes/no; 0 where it is unknown.

    Args:
        spec: The label.

    Returns:
        A function of labels `(batch, 1, num_classes)` of 1, 0 and -1 (unknown), and logits
        `(batch, members, num_classes)`, which returns `(batch, members)`.
    """
    columns = spec.label_columns
    yes_no = [c.places[0] for c in columns if not c.of_classes]
    classes = [(c.places[0], c.places[-1] + 1) for c in columns if c.of_classes]

    def loss(labels: Tensor, logits: Tensor) -> Tensor:
        parts = []
        if yes_no:
            y, z = labels, logits
            if classes:
                where = ops.convert_to_tensor(np.asarray(yes_no, np.int32))
                y, z = ops.take(y, where, axis=2), ops.take(z, where, axis=2)
            each = ops.softplus(z) - ops.maximum(y, 0.0) * z
            parts.append(ops.sum(ops.where(y >= 0, each, 0.0), axis=2))
        for first, end in classes:
            y, z = labels[:, :, first:end], logits[:, :, first:end]
            parts.append(-ops.sum(ops.maximum(y, 0.0) * ops.log_softmax(z, axis=-1), axis=2))
        return sum(parts[1:], parts[0]) / len(columns)

    return loss
