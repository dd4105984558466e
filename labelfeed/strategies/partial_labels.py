"""Strategy `partial-labels`: predict the unknown labels of a row from the known ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from labelfeed.data.dataset import Dataset
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.layers.known_label_path import KnownLabelPath
from labelfeed.layers.logit_calibration import LogitCalibration
from labelfeed.models.cross_fitted import CrossFittedModel
from labelfeed.models.two_phase import TwoPhaseModel
from labelfeed.options import PartialLabelsOptions
from labelfeed.strategies.networks import build_network
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.plain_members import plain_members
from labelfeed.strategies.recipe import Recipe, compile_probabilities, without_sides
from labelfeed.types import Identifier, KerasModel, Plain
from labelfeed.visibility.policies import Masked, Visibility

__all__ = ["PARTIAL_LABELS", "partial_labels"]

_OWN = PartialLabelsOptions()


def partial_labels(
    spec: LabelSpec,
    features: FeatureShape | KerasModel | None = None,
    *,
    plain: Plain | None = None,
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
    folds: int = 5,
    seed: int = 0,
) -> TwoPhaseModel | CrossFittedModel:
    """Return a model that predicts each unknown label from features and known labels.

    Row of the table: *other labels of the same row, partly known*. Any subset of the labels may
    be known, none included; one model serves all. A plain network reads the features; a
    `KnownLabelPath` adds to its logits what the known labels change. `fit` trains the plain
    network first, with all labels hidden, and then the path, with a share of known labels drawn
    for each row from [0, 1]. Only hidden labels are scored; labels missing in the data are
    neither fed nor scored. In between, scale and shift of each plain logit are fitted, on the
    validation rows if there are any, so that what the labels add weighs right against what the
    features say. With nothing known the prediction is that of the plain network, calibrated.

    With `plain=` anything else stands in the network's place: trees, a pipeline, a blend, given
    probabilities. It is cross-fitted, so that what known labels add is learned on probabilities of
    rows that it had not seen, and then fitted on all rows. Whatever stands below, `predict(x,
    known=)` gives probabilities; `fit` of a network takes epochs, that of anything else groups.

    Args:
        spec: `LabelSpec.multi` of at least two yes/no labels, or `LabelSpec.columns` of at least
            two columns, some of them with classes.
        features: Shape of one row, `(d,)` or `(height, width, channels)`, for the default network
            (an MLP, behind convolutions for images); or a plain `keras.Model` of your own,
            features -> logits or sigmoid probabilities `(batch, num_labels)`, trained or not.
            Left out where `plain` is given.
        plain: A scikit-learn classifier or pipeline (of all labels, or cloned for each), one of
            `"auto"` (all of these, blended), `"logistic"`, `"extra-trees"`, `"boosting"`,
            `"network"`, a list of these, an array `(n, num_labels)` of probabilities that any
            model gave out of fold, or `"given"`: the features are such probabilities. A Keras
            model is taken as `features`. What a network alone has (`width`, ...) goes with none.
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
        folds: Of the cross-fitting of `plain`, at least 2.
        seed: Of everything drawn in it.

    Returns:
        A compiled `TwoPhaseModel`; compile it again to choose another optimizer or loss. With
        `plain` a `CrossFittedModel`: its `fit` takes no epochs, but `groups` and `sample_weight`.

    Raises:
        ValueError: The spec is single or has one label only, or the plain network does not fit;
            or both features and `plain` are given, or neither.

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
        >>> trees = labelfeed.strategies.partial_labels(spec, plain="extra-trees", folds=2)
        >>> trees.fit(x, y).predict(x, known={"effusion": 1}).shape
        (40, 3)
    """
    spec = LabelSpec.from_config(spec)
    if len(spec.label_columns) < 2:
        raise ValueError(
            "partial_labels needs at least two labels (LabelSpec.multi of yes/no labels, or "
            "LabelSpec.columns), so that one can be known while another is not; "
            f"{spec.name!r} is {spec.kind} with num_classes={spec.num_classes}."
        )
    if hasattr(plain, "outputs") and features is None:  # a Keras model
        features, plain = plain, None
    if (features is None) == (plain is None):
        raise ValueError(
            "Expected either features (the shape of a row, or a Keras model) or plain= (a "
            f"classifier, a name, probabilities), got {'neither' if plain is None else 'both'}."
        )
    design: dict[str, Any] = {
        "width": width, "depth": depth, "activation": activation, "dropout": dropout,
        "augment": augment,
    }  # fmt: skip
    if plain is not None:
        further = {
            "path_units": path_units, "path_dropout": path_dropout,
            "label_dropout": label_dropout, "calibrate": calibrate, "visibility": visibility,
            "learning_rate": learning_rate, "weight_decay": weight_decay, "metrics": metrics,
        }  # fmt: skip
        _check_usual("plain=", {**design, **further})
        return CrossFittedModel(LabelFedClassifier(plain_members(plain), spec, folds, seed=seed))
    _check_usual("a network", {"folds": folds, "seed": seed})
    if not isinstance(features, (tuple, list)):
        network: KerasModel = features
        _check_plain(network, spec)
    else:
        network = build_network(tuple(features), spec, conditioning=None, logits=True, **design)
    inputs = [keras.Input(i.shape[1:], dtype=i.dtype, name=i.name) for i in network.inputs]
    logits = _logits(network)(inputs if len(inputs) > 1 else inputs[0])
    if calibrate:
        logits = LogitCalibration(dtype=network.dtype_policy, name="calibration")(logits)
    label = LabelInput(spec)
    reads = KnownLabelPath(
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
    whole = keras.Model([*inputs, label], out(reads([logits, label])))
    model = TwoPhaseModel(
        whole, spec, Masked(_OWN.hidden_rate) if visibility is None else visibility
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


def _check_usual(where: str, given: Mapping[str, object]) -> None:
    """Raise if an option that says nothing there is given."""
    usual = partial_labels.__kwdefaults__ or {}
    changed = [name for name, value in given.items() if value != usual[name]]
    if changed:
        raise ValueError(f"{', '.join(changed)} cannot be used with {where}: leave it out.")


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
    p = ops.clip(plain.outputs[0], 1e-6, 1 - 1e-6)
    return keras.Model(plain.inputs, ops.log(p) - ops.log1p(-p), name="plain")
