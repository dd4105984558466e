"""Strategy `noisy-labels`: a target whose labels may be wrong."""

from __future__ import annotations

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.data.groups import together
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.losses.noise_robust import ForwardCorrected, GeneralizedCrossentropy
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.options import NoisyLabelsOptions
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.plain import plain
from labelfeed.strategies.recipe import Recipe, without_sides
from labelfeed.strategies.repaired_rows import noise_of_rows
from labelfeed.types import ArrayLike, Identifier, KerasModel

__all__ = ["NOISY_LABELS", "noisy_labels"]

_OWN = NoisyLabelsOptions()


def noisy_labels(
    spec: LabelSpec,
    features: FeatureShape | KerasModel,
    *,
    matrix: ArrayLike | None = None,
    q: float = 0.7,
    width: int = _OWN.width,
    depth: int = _OWN.depth,
    activation: str = _OWN.activation,
    dropout: float = _OWN.dropout,
    learning_rate: float = _OWN.learning_rate,
    weight_decay: float = _OWN.weight_decay,
    augment: str = _OWN.augment,
    metrics: Identifier | None = None,
) -> LabelFedModel:
    """Return a compiled model that learns from labels of which some are wrong.

    Row of the table: *a noisier version of the target*. The network reads no label; the loss knows
    that they are noisy: forward correction with a noise matrix, else generalised cross entropy.
    Repaired labels to train any model on come from `labelfeed.clean`.

    Args:
        spec: `LabelSpec` of the target.
        features: Shape of one row, for the default network, or a `keras.Model` of your own,
            features -> class probabilities.
        matrix: Noise matrix of `losses.ForwardCorrected`; `None`: generalised cross entropy.
        q: Of `losses.GeneralizedCrossentropy`, in (0, 1].
        width: Units of each dense layer of the default network, >= 1.
        depth: Number of its dense layers, >= 1.
        activation: Their activation.
        dropout: Their dropout in [0, 1).
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        augment: What training does to pictures: `"light"` shifts, turns and scales them a little,
            `"flip"` mirrors half of them too, `"none"`. Of the default network.
        metrics: Keras metrics.

    Raises:
        ValueError: The network does not fit the label, or an argument is out of its range.

    References:
        Patrini et al. 2017; Zhang and Sabuncu 2018.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.single(["cat", "dog"])
        >>> noise = [[0.8, 0.2], [0.1, 0.9]]
        >>> model = labelfeed.strategies.noisy_labels(spec, (5,), matrix=noise, width=8)
        >>> x, y = np.random.rand(40, 5), np.random.randint(0, 2, 40)
        >>> history = model.fit(x, y, epochs=1, verbose=0)
        >>> model.predict(x, verbose=0).shape
        (40, 2)
    """
    loss = GeneralizedCrossentropy(q) if matrix is None else ForwardCorrected(matrix)
    return plain(
        spec,
        features,
        width=width,
        depth=depth,
        activation=activation,
        dropout=dropout,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        augment=augment,
        metrics=metrics,
        loss=loss,
    )


def _build(shape: FeatureShape, rows: Dataset, options: NoisyLabelsOptions) -> KerasModel:
    loss = None  # soft labels are repaired ones already
    if options.noise_method == "gce":
        loss = GeneralizedCrossentropy()
    elif options.noise_method == "forward":
        loss = ForwardCorrected(_matrix(rows, options.seed))
    return plain(rows.spec, shape, loss=loss, **options.shared())


def _matrix(rows: Dataset, seed: int) -> np.ndarray:
    """Return the noise matrices that the training rows speak for."""
    if rows.spec.class_columns:
        raise NetworkError(
            "--noise-method forward takes one label or yes/no labels, no columns of classes among "
            "others: leave it out."
        )
    belonging = None
    if np.ndim(rows.features) == 2:
        belonging = together(rows.features, rows.groups, rows.group_name).ids
        x = Preprocessor.fit(rows.features).transform(rows.features)
    else:
        x = np.zeros((len(rows), 1), np.float32)  # refused below
    found = noise_of_rows(x, rows, belonging, "auto", seed)
    return found[0].matrix if rows.spec.kind == "single" else np.stack([f.matrix for f in found])


NOISY_LABELS = Recipe(NoisyLabelsOptions, _build, without_sides("noisy-labels"))
