"""The default networks: an MLP for vectors, a small CNN for images, or a function of the user's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._unread import with_unread
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.layers.label_branch import LabelBranch
from labelfeed.layers.label_conditional_dense import LabelConditionalDense
from labelfeed.layers.label_embedding import LabelEmbedding
from labelfeed.models.checks import check_network
from labelfeed.options import CONDITIONINGS, Conditioning
from labelfeed.strategies.own_code import import_module, searching_here
from labelfeed.strategies.pictures import FeatureShape, as_vector, flat_shape
from labelfeed.types import KerasModel

__all__ = [
    "NetworkError",
    "build_network",
    "load_network",
    "without_label",
]


class NetworkError(ValueError):
    """A network that cannot be built, or a user's function that returns what does not fit."""


def build_network(
    feature_shape: FeatureShape,
    spec: LabelSpec,
    *,
    conditioning: Conditioning | None = "embedding",
    label_width: int = 32,
    width: int = 64,
    depth: int = 2,
    activation: str = "relu",
    dropout: float = 0.0,
    label_dropout: float = 0.0,
    augment: str = "none",
    logits: bool = False,
) -> KerasModel:
    """Return a functional Keras network that reads features and, with conditioning, a label.

    Vectors: `depth` dense layers. Images: 3x3 convolutions with pooling, then the same dense
    layers. Where the label enters:

    - `"embedding"`: a `LabelEmbedding` of `label_width` is put beside what the dense layers read.
    - `"conditional-dense"`: the last dense layer is a `LabelConditionalDense`.
    - `"branch"`: a `LabelBranch` (32, 64) is put beside what the dense layers read.
    - `None`: nowhere; the network has no label input (the plain network, to compare with).

    Args:
        feature_shape: `(d,)`, `(height, width, channels)`, or `((height, width, channels), d)`: a
            picture with `d` numbers beside it, as one row of the pixels, then the numbers.
        spec: The label, which is the target too.
        conditioning: Where the label enters.
        label_width: Length of the vector of `"embedding"`, >= 1.
        width: Units of each dense layer, >= 1.
        depth: Number of dense layers, >= 1.
        activation: Any Keras activation of the dense and convolution layers.
        dropout: Probability in [0, 1) that a unit of a dense layer is zeroed in training.
        label_dropout: Probability in [0, 1) that the conditioning layer takes a label for unknown
            in training, on top of the visibility.
        augment: What training does to pictures; see `labelfeed.strategies.pictures.augmented`.
        logits: Whether `out` is logits rather than probabilities.

    Returns:
        `keras.Model([features, label], out)` (plain: `keras.Model(features, out)`); features
        float32 `(None, *feature_shape)`, `out` class probabilities `(None, num_classes)`: softmax
        for single and for columns of classes, sigmoid for yes/no.

    Raises:
        NetworkError: An argument is out of its range.

    Example:
        >>> network = build_network((30,), LabelSpec.single(2), conditioning="branch")
        >>> [tuple(i.shape) for i in network.inputs], tuple(network.output.shape)
        ([(None, 30), (None,)], (None, 2))
    """
    if conditioning is not None and conditioning not in CONDITIONINGS:
        known = ", ".join(map(repr, CONDITIONINGS))
        raise NetworkError(f"conditioning must be {known} or None, got {conditioning!r}.")
    _check_shape(feature_shape)
    for name, value in (("width", width), ("depth", depth), ("label_width", label_width)):
        if value < 1:
            raise NetworkError(f"{name} must be at least 1, got {value}.")
    for name, rate in (("dropout", dropout), ("label_dropout", label_dropout)):
        if not 0 <= rate < 1:
            raise NetworkError(f"{name} must be in [0, 1), got {rate}.")
    try:
        keras.activations.get(activation)
    except ValueError as error:
        raise NetworkError(f"Keras knows no activation {activation!r}.") from error

    features = keras.Input(flat_shape(feature_shape), name=_features_name(spec))
    inputs = [features]
    h = as_vector(features, feature_shape, activation, augment)
    label = None
    if conditioning is not None:
        label = LabelInput(spec)
        inputs.append(label)
    if conditioning == "embedding":
        h = LabelEmbedding(label_width, spec, label_dropout=label_dropout)([h, label])
    elif conditioning == "branch":
        branch = LabelBranch(spec, activation=activation, label_dropout=label_dropout)
        h = branch([h, label])
    for index in range(depth):
        if conditioning == "conditional-dense" and index == depth - 1:
            layer = LabelConditionalDense(
                width, spec, activation=activation, label_dropout=label_dropout
            )
            h = layer([h, label])
        else:
            h = keras.layers.Dense(width, activation=activation)(h)
        if dropout:
            h = keras.layers.Dropout(dropout)(h)
    # float32 whatever the policy: probabilities near 0 and 1 decide the loss.
    if logits:
        out = keras.layers.Dense(spec.num_classes, dtype="float32")(h)
    elif spec.class_columns:
        out = ColumnProbabilities(spec)(keras.layers.Dense(spec.num_classes, dtype="float32")(h))
    else:
        out = keras.layers.Dense(spec.num_classes, activation=spec.activation, dtype="float32")(h)
    return keras.Model(inputs, out)


def without_label(network: KerasModel, spec: LabelSpec) -> KerasModel:
    """Return a plain network as `[features, label]` that ignores the label.

    So that it trains under `LabelFedModel` with `Hidden()`, where partly labelled rows are fine.

    Args:
        network: `keras.Model(features, out)`.
        spec: The label.
    """
    features = keras.Input(network.inputs[0].shape[1:], name=_features_name(spec))
    label = LabelInput(spec)
    # In front: what is last stays last, which is how the embedding of a network is found.
    return keras.Model([features, label], network(with_unread(features, label)))


def load_network(place: str, feature_shape: FeatureShape, spec: LabelSpec) -> KerasModel:
    """Return the network that a user's function builds, after checking it.

    Args:
        place: `"module:function"`; the current folder is searched too. The function is called as
            `function(feature_shape, spec)` and returns `keras.Model([features, label], out)`.
        feature_shape: As for `build_network`; the network reads `flat_shape` of it.
        spec: The label.

    Raises:
        NetworkError: The function is not there, fails, or returns what does not fit; says why.
    """
    function = _find(place)
    try:
        with searching_here():
            network = function(feature_shape, spec)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise NetworkError(f"{place}{(feature_shape, spec.name)} failed: {reason}") from error
    try:
        check_network(network, spec)
    except ValueError as error:
        raise NetworkError(f"{place} returned a network that does not fit. {error}") from error
    features = [i for i in network.inputs if i.name != spec.input_name]
    shapes = [tuple(i.shape[1:]) for i in features]
    flat = flat_shape(feature_shape)
    if len(shapes) != 1 or shapes[0] != flat:
        raise NetworkError(
            f"{place} returned a network with feature inputs of shape {shapes}; expected one, of "
            f"shape {flat}."
        )
    _check_probabilities(network, flat, spec, place)
    return network


def _features_name(spec: LabelSpec) -> str:
    return "features" if spec.input_name != "features" else "features_"


def _check_shape(shape: FeatureShape) -> None:
    first = shape[0] if shape else ()
    sizes: list[Any] = list(shape)
    if isinstance(first, (tuple, list)) and len(shape) == 2:
        sizes = [*first, shape[1]] if len(first) == 3 else []
    elif len(shape) not in (1, 3):
        sizes = []
    if not sizes or any(not size or size < 1 for size in sizes):
        raise NetworkError(
            "feature_shape must be (d,), (height, width, channels) or ((height, width, channels), "
            f"d), got {shape}."
        )


def _find(place: str) -> Callable[..., Any]:
    module_name, colon, name = place.partition(":")
    if not colon or not module_name or not name:
        raise NetworkError(f"The network must be written module:function, got {place!r}.")
    try:
        module = import_module(place)
    except ModuleNotFoundError as error:
        if error.name is not None and module_name.startswith(error.name):
            raise NetworkError(
                f"There is no module {module_name!r} in this folder or in Python's path."
            ) from error
        raise NetworkError(f"{module_name} cannot be imported: {error}") from error
    except ImportError as error:
        raise NetworkError(f"{module_name} cannot be imported: {error}") from error
    function = getattr(module, name, None)
    if not callable(function):
        public = sorted(n for n, v in vars(module).items() if callable(v) and n[0] != "_")
        raise NetworkError(f"{module_name} has no function {name!r}; it has {public}.")
    found: Callable[..., Any] = function
    return found


def _check_probabilities(
    network: KerasModel, feature_shape: tuple[int, ...], spec: LabelSpec, place: str
) -> None:
    rng = np.random.default_rng(0)
    inputs = [
        np.full((8, *spec.shape), -1, np.int32)
        if i.name == spec.input_name
        else rng.standard_normal((8, *feature_shape)).astype(np.float32)
        for i in network.inputs
    ]
    try:
        raw = network(inputs, training=False)
        out = keras.ops.convert_to_numpy(keras.ops.cast(raw, "float32"))
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise NetworkError(
            f"{place} returned a network that fails when every label is unknown (-1): {reason}"
        ) from error
    in_range = np.all(np.isfinite(out)) and np.all((out >= 0) & (out <= 1))
    sums_to_one = out.shape[1] == 1 or np.allclose(out.sum(axis=1), 1, atol=1e-2)
    if not in_range or (spec.kind == "single" and not sums_to_one):
        last = "sigmoid" if out.shape[1] == 1 else spec.activation
        raise NetworkError(
            f"{place} returned a network whose output is no probability (it lies in "
            f"{out.min():.2g} .. {out.max():.2g}): end it with activation={last!r}."
        )
