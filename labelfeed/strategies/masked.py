"""Strategy `masked`: one network reads the labels, of which training hides a part."""

from __future__ import annotations

from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.options import Conditioning, MaskedOptions
from labelfeed.strategies.networks import build_network, load_network
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.recipe import (
    Recipe,
    compile_probabilities,
    usual_hidden_rate,
    without_sides,
)
from labelfeed.types import Identifier, KerasModel
from labelfeed.visibility.policies import Masked, Visibility

__all__ = ["MASKED", "masked"]

_OWN = MaskedOptions()


def masked(
    spec: LabelSpec,
    features: FeatureShape | KerasModel,
    *,
    conditioning: Conditioning = _OWN.conditioning,
    label_width: int = _OWN.label_width,
    width: int = _OWN.width,
    depth: int = _OWN.depth,
    activation: str = _OWN.activation,
    dropout: float = _OWN.dropout,
    label_dropout: float = _OWN.label_dropout,
    visibility: Visibility | None = None,
    learning_rate: float = _OWN.learning_rate,
    weight_decay: float = _OWN.weight_decay,
    augment: str = _OWN.augment,
    metrics: Identifier | None = None,
) -> LabelFedModel:
    """Return a compiled model of features and labels, trained on the labels that it did not read.

    Row of the table: *other labels of the same row, partly known*, in one network and one phase:
    on images as good as `partial_labels`, and faster (docs/partial-labels.md). For a single label
    it is the row *its own exact copy*: it leaks nothing, and gains nothing over `plain`.

    Args:
        spec: `LabelSpec` of the labels, of any kind.
        features: Shape of one row, `(d,)` or `(height, width, channels)`, for the default network
            (an MLP, behind convolutions for images); or a network of your own,
            `keras.Model([features, LabelInput(spec)], probabilities)`.
        conditioning: Where the label enters the default network: `"embedding"`,
            `"conditional-dense"` or `"branch"`.
        label_width: Length of the label's vector of `"embedding"`, >= 1.
        width: Units of each dense layer of the default network, >= 1.
        depth: Number of its dense layers, >= 1.
        activation: Their activation.
        dropout: Their dropout in [0, 1).
        label_dropout: Probability in [0, 1) that the layer takes a shown label for unknown.
        visibility: Which labels the network may read in training; by default
            `Masked("uniform")` for multi and `Masked(0.5)` for single labels.
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        augment: What training does to pictures: `"light"` shifts, turns and scales them a little,
            `"flip"` mirrors half of them too, `"none"`. Of the default network.
        metrics: Keras metrics over the labels that were not read.

    Returns:
        A compiled `LabelFedModel`; compile it again to choose another optimizer or loss.

    Raises:
        ValueError: The network does not fit the label, or an argument is out of its range.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.multi(["nodule", "effusion"])
        >>> model = labelfeed.strategies.masked(spec, (5,), conditioning="branch", width=8)
        >>> x, y = np.random.rand(40, 5), np.random.randint(0, 2, (40, 2))
        >>> history = model.fit(x, y, epochs=1, verbose=0)
        >>> model.predict(x, known={"effusion": 1}, verbose=0).shape
        (40, 2)
    """
    spec = LabelSpec.from_config(spec)
    network = features
    if isinstance(features, (tuple, list)):
        network = build_network(
            tuple(features),
            spec,
            conditioning=conditioning,
            label_width=label_width,
            width=width,
            depth=depth,
            activation=activation,
            dropout=dropout,
            augment=augment,
            label_dropout=label_dropout,
        )
    visibility = Masked(usual_hidden_rate(spec)) if visibility is None else visibility
    model = LabelFedModel(network, spec, visibility)
    return compile_probabilities(model, learning_rate, weight_decay, metrics)


def _build(shape: FeatureShape, rows: Dataset, options: MaskedOptions) -> KerasModel:
    spec, hidden_rate = rows.spec, options.hidden_rate
    own = options.network
    return masked(
        spec,
        shape if own is None else load_network(own, shape, spec),
        conditioning=options.conditioning,
        label_width=options.label_width,
        label_dropout=options.label_dropout,
        visibility=Masked(
            usual_hidden_rate(spec) if hidden_rate is None else hidden_rate, seed=options.seed
        ),
        **options.shared(),
    )


MASKED = Recipe(MaskedOptions, _build, without_sides("masked"), calibrated=True)
