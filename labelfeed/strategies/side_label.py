"""Strategy `side-label`: predict a target from features and labels that are known at inference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from labelfeed.data.dataset import Dataset
from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.ada_ln_zero import AdaLNZero
from labelfeed.layers.bayes_product_layer import BayesProductLayer
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.layers.film import FiLM
from labelfeed.layers.label_conditional_dense import LabelConditionalDense
from labelfeed.layers.label_embedding import LabelEmbedding
from labelfeed.layers.label_gate import LabelGate
from labelfeed.layers.label_noise import LabelNoise
from labelfeed.layers.label_switch import LabelSwitch
from labelfeed.models.side_label import OUTPUT, PLAIN, SideLabelModel
from labelfeed.options import SIDE_LAYERS, SideLabelOptions
from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.strategies.networks import build_network
from labelfeed.strategies.pictures import FeatureShape, as_vector
from labelfeed.strategies.recipe import Recipe, compile_probabilities
from labelfeed.types import Identifier, KerasModel, Tensor

__all__ = ["SIDE_LABEL", "choose_layers", "side_label"]

_OWN = SideLabelOptions()
_ENOUGH = 100  # training rows for each class that kernels of its own take
_FEW = 32  # classes for which they are assumed, where the number of rows is not told
_EMBEDDING_WIDTH = 32
_RANK = 8
_MODULATING = {"film": FiLM, "gate": LabelGate}


def side_label(
    target: LabelSpec,
    features: FeatureShape,
    sides: LabelSpec | Sequence[LabelSpec],
    *,
    layer: str = _OWN.side_layer,
    rows: int | None = None,
    width: int = _OWN.width,
    depth: int = _OWN.depth,
    activation: str = _OWN.activation,
    dropout: float = _OWN.dropout,
    side_dropout: float = _OWN.side_dropout,
    side_corruption: float = _OWN.side_corruption,
    product: BayesProduct | None = None,
    offset: bool = False,
    learning_rate: float = _OWN.learning_rate,
    weight_decay: float = _OWN.weight_decay,
    augment: str = _OWN.augment,
    metrics: Identifier | None = None,
) -> SideLabelModel:
    """Return a compiled model of features and side labels, which are never needed.

    Row of the table: *a side label known at inference*. With the logits z of a plain network, g of
    a second one whose first dense layers the side labels change, and the Bayes product as offset:
    `z + [any side label known] (g(x, s) + sum_k w_k log p(s_k | y))`. `fit(x, y, sides=...)`
    trains z on all rows first, then, with z frozen, g (zero at the start) and w. A row without any
    side label gets the prediction of the plain network, so that a missing one costs nothing. In
    training side labels are dropped and corrupted now and then, so that single missing ones and
    wrong ones are met before inference. The target is never an input.

    Where the side labels enter (`layer`):

    - `"conditional-dense"`: the first dense layer is `activation(sum_k x (K + K_{s_k}) + ...)`,
      a kernel for each class beside a shared one (`LabelConditionalDense`). Raises most where the
      side label changes what the features mean, given enough rows for each class.
    - `"low-rank"`: the same with kernels of rank 8.
    - `"ada-ln-zero"`, `"film"`, `"gate"`: modulation behind the first dense layer.
    - `"embedding"`: vectors of width 32 beside the features.
    - `"auto"`: for each side label `"conditional-dense"` if there are 100 training rows for each of
      its classes on average, else `"ada-ln-zero"`.

    Args:
        target: `LabelSpec` of the target, single or multi.
        features: Shape of one row: `(d,)` or `(height, width, channels)`; images go through
            convolutions first.
        sides: `LabelSpec` of each side label.
        layer: Where they enter, one of `SIDE_LAYERS` or `"auto"`.
        rows: Number of training rows, for `"auto"`; when `None`, up to 32 classes count as few.
        width: Units of each dense layer, >= 1.
        depth: Number of dense layers, >= 1.
        activation: Their activation.
        dropout: Their dropout in [0, 1).
        side_dropout: Probability in [0, 1) that a side label is taken for unknown in training.
        side_corruption: Probability in [0, 1) that it is taken for another class in training: how
            often it may be wrong at inference.
        product: A fitted `BayesProduct` of target and side labels: the peer, kept with the model.
        offset: Whether it is added to the logits too, with trained strength (single target).
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        augment: What training does to pictures: `"light"` shifts, turns and scales them a little,
            `"flip"` mirrors half of them too, `"none"`. Of the default network.
        metrics: Keras metrics.

    Returns:
        A compiled `SideLabelModel`; compile it again to choose another optimizer or loss.

    Raises:
        ValueError: There is no such layer, an offset has no product, or a side label has the name
            of the target.

    References:
        Peebles and Xie 2023, Scalable diffusion models with transformers (AdaLN-Zero); Perez et
        al. 2018, FiLM: visual reasoning with a general conditioning layer.

    Example:
        >>> import labelfeed
        >>> digit = labelfeed.LabelSpec.single(10, name="digit")
        >>> turn = labelfeed.LabelSpec.single(["0", "90", "180", "270"], name="turn")
        >>> model = labelfeed.strategies.side_label(digit, (64,), [turn], width=8)
        >>> x, y = np.random.rand(40, 64), np.arange(40) % 10
        >>> history = model.fit(x, y, sides={"turn": ["90", None] * 20}, verbose=0)
        >>> model.predict(x, sides={"turn": "0"}, verbose=0).shape  # or without sides
        (40, 10)
    """
    target = LabelSpec.from_config(target)
    given: list[Any] = list(sides) if isinstance(sides, (list, tuple)) else [sides]
    specs = [LabelSpec.from_config(side) for side in given]
    if not specs:
        raise ValueError("side_label needs at least one side label, got none.")
    if offset and (product is None or target.kind != "single"):
        raise ValueError(
            "offset=True needs a single target and a fitted BayesProduct: "
            "product=BayesProduct(target, sides).fit(y, sides)."
        )
    chosen = choose_layers(specs, layer, rows)
    design: dict[str, Any] = {"width": width, "depth": depth, "activation": activation}
    plain = build_network(
        features,
        target,
        conditioning=None,
        dropout=dropout,
        augment=augment,
        logits=True,
        **design,
    )
    plain.name = PLAIN
    x = keras.Input(plain.inputs[0].shape[1:], name=_features_name(target, specs))
    inputs = [LabelInput(spec) for spec in specs]
    noised = [
        LabelNoise(spec, side_dropout, side_corruption, name=f"side_{number}")(label)
        for number, (spec, label) in enumerate(zip(specs, inputs, strict=True))
    ]
    h = _conditioned(
        as_vector(x, features, activation, augment), specs, noised, chosen, dropout, design
    )
    # Zero at the start: training departs from the plain network, or from its Bayes product.
    last_layer = keras.layers.Dense(
        target.num_classes, kernel_initializer="zeros", dtype="float32", name="side_logits"
    )
    plain_logits = plain(x)
    logits = keras.layers.Add(dtype="float32")([plain_logits, last_layer(h)])
    if offset and product is not None:
        adds = BayesProductLayer(product, from_logits=True, train_strength=True, dtype="float32")
        logits = adds([logits, *noised])
    logits = LabelSwitch(dtype="float32")([logits, plain_logits, *noised])
    scores: Any = keras.layers.Activation(target.activation, dtype="float32", name=OUTPUT)
    if target.class_columns:
        scores = ColumnProbabilities(target, name=OUTPUT)
    out = scores(logits)
    model = SideLabelModel(keras.Model([x, *inputs], out), target, specs, product)
    compile_probabilities(model, learning_rate, weight_decay, metrics)
    return model


def _build(shape: FeatureShape, rows: Dataset, options: SideLabelOptions) -> KerasModel:
    spec, sides, product = rows.spec, rows.sides, None
    if spec.kind == "single":  # the peer: its table is told what corruption teaches the network
        product = BayesProduct(spec, sides.specs, error_rate=options.side_corruption or None)
        product.fit(rows.labels, sides.columns())
    return side_label(
        spec,
        shape,
        sides.specs,
        layer=options.side_layer,
        rows=len(rows),
        side_dropout=options.side_dropout,
        side_corruption=options.side_corruption,
        product=product,
        offset=options.side_offset and product is not None,
        **options.shared(),
    )


SIDE_LABEL = Recipe(SideLabelOptions, _build, phases=2)


def choose_layers(sides: Sequence[LabelSpec], layer: str, rows: int | None) -> list[str]:
    """Return the layer of each side label; arguments as for `side_label`.

    Example:
        >>> choose_layers([LabelSpec.single(4), LabelSpec.single(50)], "auto", rows=1000)
        ['conditional-dense', 'ada-ln-zero']
    """
    if layer != "auto":
        if layer not in SIDE_LAYERS:
            known = ", ".join(map(repr, ("auto", *SIDE_LAYERS)))
            raise ValueError(f"layer must be one of {known}, got {layer!r}.")
        return [layer] * len(sides)
    chosen = []
    for spec in sides:
        states = spec.entry_states * spec.num_entries
        enough = states <= _FEW if rows is None else rows >= _ENOUGH * states
        chosen.append("conditional-dense" if enough else "ada-ln-zero")
    return chosen


def _conditioned(
    x: Tensor,
    specs: Sequence[LabelSpec],
    labels: Sequence[Tensor],
    chosen: Sequence[str],
    dropout: float,
    design: dict[str, Any],
) -> Tensor:
    """Return what the dense layers make of vectors and side labels."""
    width, activation = design["width"], design["activation"]

    def of(*names: str) -> list[tuple[LabelSpec, Tensor]]:
        return [(s, v) for s, v, c in zip(specs, labels, chosen, strict=True) if c in names]

    def drop(h: Tensor) -> Tensor:
        return keras.layers.Dropout(dropout)(h) if dropout else h

    for spec, label in of("embedding"):
        x = LabelEmbedding(_EMBEDDING_WIDTH, spec)([x, label])
    kernels = [
        LabelConditionalDense(width, spec)([x, label]) for spec, label in of("conditional-dense")
    ]
    for spec, label in of("low-rank"):
        kernels.append(
            LabelConditionalDense(width, spec, kernel="low-rank", rank=_RANK)([x, label])
        )
    if not kernels:
        h = keras.layers.Dense(width)(x)
    else:
        h = kernels[0] if len(kernels) == 1 else keras.layers.Add()(kernels)
    for name, made in _MODULATING.items():
        if pairs := of(name):
            h = made([spec for spec, _ in pairs])([h, *(label for _, label in pairs)])
    h = drop(keras.layers.Activation(activation)(h))
    if pairs := of("ada-ln-zero"):
        h = AdaLNZero([spec for spec, _ in pairs])([h, *(label for _, label in pairs)])
    for _ in range(design["depth"] - 1):
        h = drop(keras.layers.Dense(width, activation=activation)(h))
    return h


def _features_name(target: LabelSpec, sides: Sequence[LabelSpec]) -> str:
    name, taken = "features", {spec.input_name for spec in (target, *sides)}
    while name in taken:
        name += "_"
    return name
