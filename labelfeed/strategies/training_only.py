"""Strategy from Python for columns that training alone sees: a head with and one without them."""

from __future__ import annotations

import keras

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._unread import with_unread
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.models.training_only import HIDDEN, INFORMED, SCORES, TRUNK, TrainingOnlyModel
from labelfeed.options import PlainOptions
from labelfeed.strategies.networks import NetworkError, build_network
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.recipe import compile_probabilities
from labelfeed.types import Identifier, KerasModel, Tensor

__all__ = ["training_only"]

_OWN = PlainOptions()


def training_only(
    spec: LabelSpec,
    features: FeatureShape | KerasModel,
    *,
    columns: int,
    width: int = _OWN.width,
    depth: int = _OWN.depth,
    activation: str = _OWN.activation,
    dropout: float = _OWN.dropout,
    learning_rate: float = _OWN.learning_rate,
    weight_decay: float = _OWN.weight_decay,
    augment: str = _OWN.augment,
    metrics: Identifier | None = None,
) -> TrainingOnlyModel:
    """Return a compiled model that trains beside columns which prediction lacks.

    `model.fit(x, y, training_only=z)`, `model.predict(x)`. The trunk learns under the head that
    sees z; the one that predicts reads the trunk and does not train it (TRAM). On tables
    `labelfeed train --training-only` finds out whether such columns pay.

    Args:
        spec: `LabelSpec` of the target, of any kind.
        features: Shape of one row, for the default network, or a `keras.Model` of your own,
            features -> vectors `(batch, d)`: the trunk.
        columns: Number of training-only columns, >= 1.
        width: Units of each dense layer of the default network and of the informed head, >= 1.
        depth: Number of dense layers of the default network, >= 1.
        activation: Their activation.
        dropout: Their dropout in [0, 1).
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        augment: What training does to pictures: `"light"` shifts, turns and scales them a little,
            `"flip"` mirrors half of them too, `"none"`. Of the default network.
        metrics: Keras metrics.

    Raises:
        ValueError: The trunk gives no vectors, or an argument is out of its range.

    References:
        Collier et al. 2022, Transfer and marginalize: explaining away label noise with privileged
        information.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.multi(["nodule", "effusion"])
        >>> model = labelfeed.strategies.training_only(spec, (5,), columns=2, width=8)
        >>> x, y = np.random.rand(40, 5), np.random.randint(0, 2, (40, 2))
        >>> history = model.fit(x, y, training_only=np.random.rand(40, 2), verbose=0)
        >>> model.predict(x, verbose=0).shape
        (40, 2)
    """
    spec = LabelSpec.from_config(spec)
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        raise NetworkError(f"columns must be a whole number of at least 1, got {columns!r}.")
    if isinstance(features, (tuple, list)):
        features = build_network(
            tuple(features), spec, conditioning=None, width=width, depth=depth,
            activation=activation, dropout=dropout, augment=augment,
        )  # fmt: skip
        last = [layer for layer in features.layers if isinstance(layer, keras.layers.Dense)][-1]
        features = keras.Model(features.inputs[0], last.input)
    shapes = [tuple(output.shape) for output in features.outputs]
    if len(features.inputs) != 1 or len(shapes) != 1 or len(shapes[0]) != 2:
        raise NetworkError(
            f"The trunk must make vectors (batch, d) of one input; it has {len(features.inputs)} "
            f"and makes {shapes}."
        )
    trunk = keras.Model(features.inputs[0], features.outputs[0], name=TRUNK)
    x = keras.Input(trunk.inputs[0].shape[1:], name="features")
    hidden = keras.Input((2 * columns,), name=HIDDEN)  # values, and which are gaps
    vector = trunk(x)
    size = (int(vector.shape[-1]),)
    scores = _scores(size, spec)(vector)
    told = _informed(size, 2 * columns, width, activation, spec)([vector, hidden])
    label = LabelInput(spec)
    out = with_unread(with_unread(scores, told), label)
    model = TrainingOnlyModel(keras.Model([x, label, hidden], out), spec)
    return compile_probabilities(model, learning_rate, weight_decay, metrics)


def _scores(size: tuple[int], spec: LabelSpec) -> KerasModel:
    vector = keras.Input(size)
    return keras.Model(vector, _probabilities(vector, spec), name=SCORES)


def _informed(
    size: tuple[int], hidden: int, width: int, activation: str, spec: LabelSpec
) -> KerasModel:
    vector, told = keras.Input(size), keras.Input((hidden,))
    both = keras.layers.Concatenate()([vector, told])
    both = keras.layers.Dense(width, activation=activation)(both)
    return keras.Model([vector, told], _probabilities(both, spec), name=INFORMED)


def _probabilities(vector: Tensor, spec: LabelSpec) -> Tensor:
    logits = keras.layers.Dense(spec.num_classes, dtype="float32")(vector)
    return ColumnProbabilities(spec)(logits)
