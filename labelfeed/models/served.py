"""A model of this library as a plain functional one, from features to probabilities, to export."""

from __future__ import annotations

import keras

from labelfeed.models.checked import CheckedModel
from labelfeed.models.margin import MarginModel
from labelfeed.models.side_label import SideLabelModel
from labelfeed.models.wire import with_label
from labelfeed.predictors.onnx_model import FEATURES, KNOWN, OUTPUT, side_inputs
from labelfeed.predictors.responses import PredictorError
from labelfeed.types import KerasModel, Tensor

__all__ = ["served"]


def served(model: CheckedModel, told: bool = False) -> KerasModel:
    """Return a functional model with the weights of `model`, to export.

    Args:
        model: A `LabelFedModel`, `SideLabelModel` or `MarginModel` of one feature input.
        told: Whether it takes labels beside the features: known ones as `known`, or side labels
            as `side_<name>`, all of them int32 with -1 for unknown. Without, there is no label
            tensor in it, and every label is unknown.

    Returns:
        A model from `features` (and labels) to `probabilities`.

    Raises:
        PredictorError: It takes no labels, has several feature inputs, or a head without classes.

    Example:
        >>> import labelfeed
        >>> spec = labelfeed.LabelSpec.multi(["cough", "fever"])
        >>> model = labelfeed.strategies.partial_labels(spec, (4,), width=8)
        >>> [i.name for i in served(model).inputs], [i.name for i in served(model, True).inputs]
        (['features'], ['features', 'known'])
    """
    given = model._feature_structure()
    if isinstance(given, (list, tuple, dict)):
        raise PredictorError(f"Expected a model of one feature input; it takes {given!r}.")
    x = keras.Input(given.shape[1:], dtype=given.dtype, name=FEATURES)
    inputs, read = {FEATURES: x}, x
    if told and isinstance(model, SideLabelModel):
        specs = side_inputs(model.sides)
        sides = {n: keras.Input(s.shape, dtype="int32", name=n) for n, s in specs.items()}
        inputs |= sides
        read = {given.name: x, **{specs[name].input_name: tensor for name, tensor in sides.items()}}
    elif told and isinstance(model, MarginModel):
        raise PredictorError("A MarginModel has its label in the training loss only, no input.")
    elif told:
        inputs[KNOWN] = keras.Input(model.label.shape, dtype="int32", name=KNOWN)
        read = with_label(x, inputs[KNOWN])
    return keras.Model(inputs, keras.layers.Identity(name=OUTPUT)(_probabilities(model, read)))


def _probabilities(model: CheckedModel, read: Tensor) -> Tensor:
    scores = model(read)
    if not isinstance(model, MarginModel):
        return scores
    if model.head.num_classes is None:
        raise PredictorError(f"The head {type(model.head).__name__} has no classes to predict.")
    return model.head.probabilities(scores)
