"""Strategy `partial-labels`: predict the unknown labels of a row from the known ones."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from labelfeed.data.dataset import Dataset
from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.layers.known_label_path import KnownLabelPath
from labelfeed.layers.logit_calibration import LogitCalibration
from labelfeed.models.two_phase import TwoPhaseModel
from labelfeed.options import PartialLabelsOptions
from labelfeed.strategies.networks import build_network
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.recipe import Recipe, compile_probabilities, without_sides
from labelfeed.types import Identifier, KerasModel
from labelfeed.visibility.policies import Masked, Visibility

__all__ = ["PARTIAL_LABELS", "partial_labels"]

_OWN = PartialLabelsOptions()


def partial_labels(
    spec: LabelSpec,
    features: FeatureShape | KerasModel,
    *,
    width: int = _OWN.width,
    depth: int = _OWN.depth,
    activation: str = _OWN.activation,
    dropout: float = _OWN.dropout,
    path_units: Sequence[int] = (256, 256),
    path_dropout: float = 0.1,
    label_dropout: float = _OWN.label_dropout,
    calibrate: bool = True,
    visibility: Visibility | None = None,
    learning_rate: float = _OWN.learning_rate,
    weight_decay: float = _OWN.weight_decay,
    augment: str = _OWN.augment,
    metrics: Identifier | None = None,
) -> TwoPhaseModel:
    """Return a compiled model that predicts each unknown label from features and known labels.

    Row of the table: *other labels of the same row, partly known*. Any subset of the labels may
    be known, none included; one model serves all. A plain network reads the features; a
    `KnownLabelPath` adds to its logits what the known labels change. `fit` trains the plain
    network first, with all labels hidden, and then the path, with a share of known labels drawn
    for each row from [0, 1]. Only hidden labels are scored; labels missing in the data are
    neither fed nor scored. In between, scale and shift of each plain logit are fitted, on the
    validation rows if there are any, so that what the labels add weighs right against what the
    features say. With nothing known the prediction is that of the plain network, calibrated.

    Args:
        spec: `LabelSpec.multi` of at least two yes/no labels, or `LabelSpec.columns` of at least
            two columns, some of them with classes.
        features: Shape of one row, `(d,)` or `(height, width, channels)`, for the default network
            (an MLP, behind convolutions for images); or a plain `keras.Model` of your own,
            features -> logits or sigmoid probabilities `(batch, num_labels)`, trained or not.
        width: Units of each dense layer of the default network, >= 1.
        depth: Number of its dense layers, >= 1.
        activation: Its activation.
        dropout: Its dropout in [0, 1).
        path_units: Widths of the dense layers of the path, each >= 1.
        path_dropout: Dropout of the path in [0, 1).
        label_dropout: Probability in [0, 1) that the path takes a shown label for unknown.
        calibrate: Whether to put a `LogitCalibration` behind the plain network.
        visibility: Which labels the path may read in training; `Masked("uniform")` by default.
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        augment: What training does to pictures: `"light"` shifts, turns and scales them a little,
            `"flip"` mirrors half of them too, `"none"`. Of the default network.
        metrics: Keras metrics over the labels that were not read.

    Returns:
        A compiled `TwoPhaseModel`; compile it again to choose another optimizer or loss.

    Raises:
        ValueError: The spec is single or has one label only, or the plain network does not fit.

    References:
        Lanchantin et al. 2021, General multi-label image classification with transformers (the
        state of each label as input, a random part of them known in training).

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.multi(["nodule", "effusion", "mass"])
        >>> model = labelfeed.strategies.partial_labels(spec, (5,))
        >>> x, y = np.random.rand(40, 5), np.random.randint(0, 2, (40, 3))
        >>> history = model.fit(x, y, epochs=1, verbose=0)
        >>> model.predict(x, known={"effusion": 1}, verbose=0).shape
        (40, 3)
    """
    spec = LabelSpec.from_config(spec)
    if len(spec.label_columns) < 2:
        raise ValueError(
            "partial_labels needs at least two labels (LabelSpec.multi of yes/no labels, or "
            "LabelSpec.columns), so that one can be known while another is not; "
            f"{spec.name!r} is {spec.kind} with num_classes={spec.num_classes}."
        )
    if not isinstance(features, (tuple, list)):
        plain = features
        _check_plain(plain, spec)
    else:
        plain = build_network(
            tuple(features),
            spec,
            conditioning=None,
            width=width,
            depth=depth,
            activation=activation,
            dropout=dropout,
            augment=augment,
        )
    inputs = [keras.Input(i.shape[1:], dtype=i.dtype, name=i.name) for i in plain.inputs]
    logits = _logits(plain)(inputs if len(inputs) > 1 else inputs[0])
    if calibrate:
        logits = LogitCalibration(dtype=plain.dtype_policy, name="calibration")(logits)
    label = LabelInput(spec)
    path = KnownLabelPath(
        spec,
        path_units,
        activation,
        path_dropout,
        label_dropout=label_dropout,
        name="known_labels",
    )
    out = ColumnProbabilities(spec, name="probabilities")
    if not spec.class_columns:
        out = keras.layers.Activation("sigmoid", dtype="float32", name="probabilities")
    network = keras.Model([*inputs, label], out(path([logits, label])))
    model = TwoPhaseModel(
        network, spec, Masked(_OWN.hidden_rate) if visibility is None else visibility
    )
    compile_probabilities(model, learning_rate, weight_decay, metrics)
    return model


def _build(shape: FeatureShape, rows: Dataset, options: PartialLabelsOptions) -> KerasModel:
    return partial_labels(
        rows.spec,
        shape,
        visibility=Masked(options.hidden_rate, seed=options.seed),
        label_dropout=options.label_dropout,
        **options.shared(),
    )


def _unsuited(rows: Dataset) -> str | None:
    if len(rows.spec.label_columns) > 1:
        return without_sides("partial-labels")(rows)
    return (
        "The strategy 'partial-labels' needs several label columns, of which some are known while "
        f"others are not; {rows.spec.name!r} is one label. Use 'plain'."
    )


PARTIAL_LABELS = Recipe(PartialLabelsOptions, _build, _unsuited, phases=2)


def _check_plain(plain: KerasModel, spec: LabelSpec) -> None:
    outputs = [tuple(o.shape) for o in getattr(plain, "outputs", None) or ()]
    if len(outputs) != 1 or outputs[0][1:] != (spec.num_classes,):
        raise ValueError(
            f"The plain network must have one output of shape (batch, {spec.num_classes}), one "
            f"column for each label, got {outputs}."
        )


def _logits(plain: KerasModel) -> KerasModel:
    """Return the plain network without the probabilities at its end, sharing its weights."""
    last = plain.layers[-1]
    activation = getattr(last, "activation", keras.activations.linear)
    if isinstance(last, ColumnProbabilities):
        return keras.Model(plain.inputs, last.input, name="plain")
    if activation is keras.activations.linear:
        return plain
    if activation is not keras.activations.sigmoid:
        raise ValueError(
            "The plain network must end in logits (no activation), a sigmoid or "
            "ColumnProbabilities, got "
            f"{keras.activations.serialize(activation)!r}."
        )
    # Clipped where float32 ends, so that a certain network stays finite.
    p = ops.clip(plain.output, 1e-6, 1 - 1e-6)
    return keras.Model(plain.inputs, ops.log(p) - ops.log1p(-p), name="plain")
