"""Strategy `margin`: an embedding, for classes beyond those trained; labels in the loss only."""

from __future__ import annotations

from typing import Any

import keras

from labelfeed import heads
from labelfeed.data.dataset import Dataset
from labelfeed.heads.base import LabelHead
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.margin import MarginModel
from labelfeed.options import HEADS, MarginOptions
from labelfeed.strategies.networks import NetworkError, build_network
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.recipe import Recipe, without_sides
from labelfeed.types import Identifier, KerasModel

__all__ = ["MARGIN", "MARGIN_HEADS", "margin"]

_OWN = MarginOptions()
MARGIN_HEADS: dict[str, type[LabelHead]] = {
    name: getattr(heads, made) for name, made in HEADS.items()
}
# Chosen on letters never trained (docs/margin.md). The papers' margins, 0.35 to 0.5 at a scale of
# 64, are for embeddings of hundreds of dimensions and many thousand classes.
_SCALE, _MARGIN = 16.0, 0.1
_OWN_SCALE = ("proxy-anchor", "center-loss")  # alpha is no temperature; logits have no scale
_SMALL_MARGIN = ("arcface", "cosface", "subcenter-arcface")


def margin(
    spec: LabelSpec,
    features: FeatureShape | KerasModel,
    head: str | LabelHead = _OWN.head,
    *,
    dimension: int = _OWN.embedding_dim,
    width: int = _OWN.width,
    depth: int = _OWN.depth,
    activation: str = _OWN.activation,
    dropout: float = _OWN.dropout,
    learning_rate: float = _OWN.learning_rate,
    weight_decay: float = _OWN.weight_decay,
    augment: str = _OWN.augment,
    metrics: Identifier | None = None,
    **head_arguments: Any,
) -> MarginModel:
    """Return a compiled model that embeds rows so that classes lie apart by an angle.

    Row of the table: *geometry in training only*. The label enters the loss and nothing else.
    It is made for open sets and very many classes. For accuracy on the trained classes a plain
    softmax network is as good. For telling rows of none of the trained classes it was far better on
    one of two small sets, for verifying classes never met on neither (docs/margin.md).

    Args:
        spec: `LabelSpec.single` of the classes to train on.
        features: Shape of one row, `(d,)` or `(height, width, channels)`, for the default embedder
            (an MLP, behind convolutions for images, and a linear layer); or an embedder of your
            own, `keras.Model` features -> `(batch, dimension)`.
        head: Name in `MARGIN_HEADS`, or a head of `labelfeed.heads`.
        dimension: Length of the embedding of the default embedder, >= 2.
        width: Units of each of its dense layers, >= 1.
        depth: Number of its dense layers before the linear one, >= 1.
        activation: Their activation.
        dropout: Their dropout in [0, 1).
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        augment: What training does to pictures: `"light"` shifts, turns and scales them a little,
            `"flip"` mirrors half of them too, `"none"`. Of the default network.
        metrics: Keras metrics of the label-free scores, beside accuracy.
        **head_arguments: Arguments of the named head, such as `margin` and `scale`. Where nothing
            is given the scale is 16, and the margin of ArcFace, CosFace and SubCenterArcFace 0.1,
            which was better for unseen classes of small data than the papers' 64 and 0.5.

    Returns:
        A compiled `MarginModel`; `predict` returns its label-free scores.

    Raises:
        ValueError: The label is not single, or embedder and head do not fit it.
        NetworkError: No such head, or an argument is out of its range.

    References:
        Deng et al. (2019), ArcFace: Additive Angular Margin Loss for Deep Face Recognition.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.single(["cat", "dog"])
        >>> model = labelfeed.strategies.margin(spec, (5,), dimension=8)
        >>> x, y = np.random.rand(40, 5), np.random.randint(0, 2, 40)
        >>> history = model.fit(x, y, epochs=1, verbose=0)
        >>> model.embedder.predict(x, verbose=0).shape
        (40, 8)
    """
    spec = LabelSpec.from_config(spec)
    if spec.kind != "single":
        raise ValueError(
            f"margin needs a single label (LabelSpec.single), one class per row; {spec.name!r} is "
            f"multi with {spec.num_classes} yes/no labels."
        )
    embedder = features
    if isinstance(features, (tuple, list)):
        embedder = _embedder(
            tuple(features),
            spec,
            dimension,
            width=width,
            depth=depth,
            activation=activation,
            dropout=dropout,
            augment=augment,
        )
    model = MarginModel(embedder, _head(head, spec, head_arguments), spec)
    model.compile(keras.optimizers.AdamW(learning_rate, weight_decay=weight_decay), metrics=metrics)
    return model


def _embedder(shape: FeatureShape, spec: LabelSpec, dimension: int, **design: Any) -> KerasModel:
    """Return the default network of these features, a linear layer in its classifier's place."""
    if isinstance(dimension, bool) or int(dimension) < 2:
        raise NetworkError(f"dimension must be an integer >= 2, got {dimension!r}.")
    plain = build_network(shape, spec, conditioning=None, **design)
    linear = keras.layers.Dense(int(dimension), name="embedding")
    return keras.Model(plain.inputs, linear(plain.layers[-1].input), name="embedder")


def _head(head: str | LabelHead, spec: LabelSpec, arguments: dict[str, Any]) -> LabelHead:
    if isinstance(head, LabelHead):
        if arguments:
            raise NetworkError(f"{sorted(arguments)} belong to a named head, not to a given one.")
        return head
    if head not in MARGIN_HEADS:
        known = ", ".join(map(repr, MARGIN_HEADS))
        raise NetworkError(f"head must be one of {known}, or a labelfeed head; got {head!r}.")
    if head not in _OWN_SCALE:
        arguments = {"scale": _SCALE, **arguments}
    if head in _SMALL_MARGIN:
        arguments = {"margin": _MARGIN, **arguments}
    return MARGIN_HEADS[head](spec.num_classes, **arguments)


def _build(shape: FeatureShape, rows: Dataset, options: MarginOptions) -> KerasModel:
    return margin(
        rows.spec,
        shape,
        options.head,
        dimension=options.embedding_dim,
        **options.shared(),
    )


def _unsuited(rows: Dataset) -> str | None:
    if rows.spec.kind == "single":
        return without_sides("margin")(rows)
    return (
        "The strategy 'margin' needs one label, the class of a row: --target alone, without "
        f"--label. These are {len(rows.spec.label_columns)} label columns."
    )


MARGIN = Recipe(MarginOptions, _build, _unsuited)
