"""Strategy `plain`: no label input, as every other strategy is compared with it."""

from __future__ import annotations

from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.losses.class_sets import SetCrossentropy
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.options import PlainOptions
from labelfeed.strategies.networks import build_network, without_label
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.recipe import Recipe, compile_probabilities
from labelfeed.types import Identifier, KerasModel
from labelfeed.visibility.policies import Hidden

__all__ = ["PLAIN", "plain"]

_OWN = PlainOptions()


def plain(
    spec: LabelSpec,
    features: FeatureShape | KerasModel,
    *,
    width: int = _OWN.width,
    depth: int = _OWN.depth,
    activation: str = _OWN.activation,
    dropout: float = _OWN.dropout,
    learning_rate: float = _OWN.learning_rate,
    weight_decay: float = _OWN.weight_decay,
    augment: str = _OWN.augment,
    metrics: Identifier | None = None,
    loss: Identifier | None = None,
) -> LabelFedModel:
    """Return a compiled model that predicts labels from features and reads no label.

    Row of the table: *its own exact copy*, for which a label input is worth nothing; and the peer
    of all other rows. It is a `LabelFedModel` under `Hidden()`, so that rows whose label is
    unknown, wholly or in part, train and predict as with every other strategy.

    Args:
        spec: `LabelSpec` of the target, of any kind.
        features: Shape of one row, `(d,)` or `(height, width, channels)`, for the default network
            (an MLP, behind convolutions for images); or a `keras.Model` of your own, features ->
            class probabilities.
        width: Units of each dense layer of the default network, >= 1.
        depth: Number of its dense layers, >= 1.
        activation: Their activation.
        dropout: Their dropout in [0, 1).
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        augment: What training does to pictures: `"light"` shifts, turns and scales them a little,
            `"flip"` mirrors half of them too, `"none"`. Of the default network.
        metrics: Keras metrics.
        loss: Keras loss; `None`: cross-entropy.

    Returns:
        A compiled `LabelFedModel`; compile it again to choose another optimizer or loss.

    Raises:
        ValueError: The network does not fit the label, or an argument is out of its range.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.single(["cat", "dog"])
        >>> model = labelfeed.strategies.plain(spec, (5,), width=8)
        >>> x, y = np.random.rand(40, 5), np.random.randint(0, 2, 40)
        >>> history = model.fit(x, y, epochs=1, verbose=0)
        >>> model.predict(x, verbose=0).shape
        (40, 2)
    """
    spec = LabelSpec.from_config(spec)
    network = features
    if isinstance(features, (tuple, list)):
        network = build_network(
            tuple(features),
            spec,
            conditioning=None,
            width=width,
            depth=depth,
            activation=activation,
            dropout=dropout,
            augment=augment,
        )
    model = LabelFedModel(without_label(network, spec), spec, Hidden())
    return compile_probabilities(model, learning_rate, weight_decay, metrics, loss)


def _build(shape: FeatureShape, rows: Dataset, options: PlainOptions) -> KerasModel:
    # With a tree some rows are known to be one of several classes.
    loss = None if rows.coarse is None else SetCrossentropy()
    return plain(rows.spec, shape, loss=loss, **options.shared())


PLAIN = Recipe(PlainOptions, _build, calibrated=True)
