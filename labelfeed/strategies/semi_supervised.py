"""Strategy `semi-supervised`: few labelled rows among many without a label."""

from __future__ import annotations

from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.random_view import RandomView
from labelfeed.layers.strong_view import StrongView
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.semi_supervised import SemiSupervisedModel
from labelfeed.options import SemiSupervisedOptions
from labelfeed.options.base import AUGMENTATIONS
from labelfeed.strategies.networks import build_network, without_label
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.recipe import Recipe, compile_probabilities, without_sides
from labelfeed.types import Identifier, KerasModel

__all__ = ["SEMI_SUPERVISED", "semi_supervised"]

_OWN = SemiSupervisedOptions()


def semi_supervised(
    spec: LabelSpec,
    features: FeatureShape | KerasModel,
    *,
    weight: float = 1.0,
    width: int = _OWN.width,
    depth: int = _OWN.depth,
    activation: str = _OWN.activation,
    dropout: float = _OWN.dropout,
    learning_rate: float = _OWN.learning_rate,
    weight_decay: float = _OWN.weight_decay,
    augment: str = _OWN.augment,
    metrics: Identifier | None = None,
) -> LabelFedModel:
    """Return a compiled model that learns from rows without a label too.

    Row of the table: *label statistics*. The network reads no label. Of every row it sees a weak
    and a strong view, and learns to say of the strong one what it is sure of in the weak one:
    FixMatch with FreeMatch's threshold. Give rows without a label an unknown one (-1, NaN, `None`).

    Args:
        spec: `LabelSpec` of the target.
        features: Shape of one row, for the default network, or a `keras.Model` of your own,
            features -> class probabilities. For features that are neither numbers nor pictures
            make a `labelfeed.models.SemiSupervisedModel` with views of your own.
        weight: Of what rows without a label teach, >= 0.
        width: Units of each dense layer of the default network, >= 1.
        depth: Number of its dense layers, >= 1.
        activation: Their activation.
        dropout: Their dropout in [0, 1).
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        augment: The weak view of pictures: `"light"` shifts, turns and scales them a little,
            `"flip"` mirrors half of them too, `"none"`: as they are. The strong view mirrors them
            under `"flip"` alone.
        metrics: Keras metrics.

    Raises:
        ValueError: The network does not fit the label, or an argument is out of its range.

    References:
        Sohn et al. 2020, FixMatch; Wang et al. 2023, FreeMatch.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.single(["cat", "dog"])
        >>> model = labelfeed.strategies.semi_supervised(spec, (5,), width=8)
        >>> x, y = np.random.rand(40, 5), np.repeat([0, 1, -1], [2, 2, 36])
        >>> history = model.fit(x, y, epochs=1, verbose=0)
        >>> model.predict(x, verbose=0).shape
        (40, 2)
    """
    if augment not in AUGMENTATIONS:
        known = ", ".join(map(repr, AUGMENTATIONS))
        raise ValueError(f"augment must be one of {known}, got {augment!r}.")
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
            augment="none",
        )
    network = without_label(network, spec)
    flip = augment == "flip"
    weak = RandomView(flip=flip, share=0.5 if augment != "none" else 0.0)
    pictures = any(len(tensor.shape) == 4 for tensor in network.inputs)
    model = SemiSupervisedModel(
        network, spec, weight, weak=weak if pictures else None,
        strong=StrongView(flip=flip),
    )  # fmt: skip
    return compile_probabilities(model, learning_rate, weight_decay, metrics)


def _build(shape: FeatureShape, rows: Dataset, options: SemiSupervisedOptions) -> KerasModel:
    return semi_supervised(rows.spec, shape, **options.shared())


SEMI_SUPERVISED = Recipe(
    SemiSupervisedOptions, _build, without_sides("semi-supervised"), calibrated=True
)
