"""A model that was trained on vectors, put on the network that makes the vectors."""

from __future__ import annotations

import keras

from labelfeed.labels.input import LabelInput
from labelfeed.layers._unread import with_unread
from labelfeed.models.keras_private import all_layers, build_optimizer
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.margin import MarginModel
from labelfeed.types import KerasModel

__all__ = ["READS", "on_trunk", "thawed"]

READS = "as_the_backbone_reads"  # the layer that scales pixels, which is never trained


def on_trunk(model: KerasModel, trunk: KerasModel) -> KerasModel:
    """Return one model of what the trunk reads; it has weights of its own.

    Args:
        model: `LabelFedModel` or `MarginModel` of vectors, compiled; also in two phases.
        trunk: `keras.Model`: rows -> vectors.

    Returns:
        A compiled `LabelFedModel` (under the same visibility) or `MarginModel`.

    Raises:
        ValueError: The model reads something beside its features and label.

    Example:
        >>> import labelfeed, numpy as np
        >>> rows = keras.Input((4,))
        >>> trunk = keras.Model(rows, keras.layers.Dense(3)(rows))
        >>> model = labelfeed.strategies.plain(labelfeed.LabelSpec.single(2), (3,), width=4)
        >>> whole, x = on_trunk(model, trunk), np.ones((2, 4))
        >>> vectors = trunk.predict(x, verbose=0)
        >>> bool(np.allclose(whole.predict(x, verbose=0), model.predict(vectors, verbose=0)))
        True
    """
    if isinstance(model, MarginModel):
        network = _joined(model.embedder, trunk)
        whole = MarginModel(network, model.head, model.label)
        whole.compile(_again(model.optimizer))
        build_optimizer(whole.optimizer, whole.trainable_variables)  # saved with the model
        return whole
    spec = model.label
    network = model.network
    if len(network.inputs) != 2:
        raise ValueError(
            f"Expected a model of features and label; this one reads {len(network.inputs)} inputs."
        )
    if isinstance(network.layers[-1], keras.Model):  # a plain network under `without_label`
        plain = _joined(network.layers[-1], trunk)
        rows, label = (
            keras.Input(trunk.inputs[0].shape[1:], name=_name(spec.input_name)),
            LabelInput(spec),
        )
        network = keras.Model([rows, label], plain(with_unread(rows, label)))
    else:
        network = _joined(network, trunk, spec.input_name)
    whole = LabelFedModel(network, spec, model.visibility)
    arguments = dict(model._compile_arguments)
    arguments["optimizer"] = _again(arguments["optimizer"])
    whole.compile(**arguments)
    build_optimizer(whole.optimizer, whole.trainable_variables)
    return whole


def thawed(model: LabelFedModel, learning_rate: float) -> None:
    """Let the trunk learn too, slowly; its batch normalization goes on as it was trained.

    Args:
        model: What `on_trunk` returned; it is compiled again.
        learning_rate: Of everything.
    """
    for layer in all_layers(model.network):  # a container does not reach all inside everywhere
        normalizes = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = not (normalizes or layer.name == READS)
    arguments = dict(model._compile_arguments)
    arguments["optimizer"] = _again(arguments["optimizer"])
    arguments["optimizer"].learning_rate = learning_rate
    model.compile(**arguments)


def _joined(network: KerasModel, trunk: KerasModel, label: str | None = None) -> KerasModel:
    """Return the network's own layers behind the trunk, in one graph."""
    rows = keras.Input(trunk.inputs[0].shape[1:], name=_name(label))
    vectors = trunk(rows)
    others = {
        i.name: keras.Input(i.shape[1:], dtype=i.dtype, name=i.name)
        for i in network.inputs
        if i.name == label
    }
    inside = [others.get(i.name, vectors) for i in network.inputs]
    out = network.call(inside if isinstance(network.input, (list, tuple)) else inside[0])
    inputs = [rows, *others.values()]
    joined = keras.Model(inputs if len(inputs) > 1 else rows, out)
    # Made anew, as each of its layers has been called in two graphs.
    made = keras.Model.from_config(joined.get_config())
    made.set_weights(joined.get_weights())
    return made


def _name(taken: str | None) -> str:
    return "features" if taken != "features" else "features_"


def _again(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    return type(optimizer).from_config(optimizer.get_config())
