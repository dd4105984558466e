"""Strategy `prior-adjusted`: classes or findings of which some are rare."""

from __future__ import annotations

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.labels.prior import even_prior, training_prior
from labelfeed.labels.spec import LabelSpec
from labelfeed.losses.logit_adjusted import LogitAdjusted
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.options import PriorAdjustedOptions, StrategyOptions
from labelfeed.strategies.blended import plain_models
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.plain import plain
from labelfeed.strategies.recipe import Recipe, without_sides
from labelfeed.types import ArrayLike, Identifier, KerasModel

__all__ = ["PRIOR_ADJUSTED", "learned_prior", "prior_adjusted"]

_OWN = PriorAdjustedOptions()
_LEAST = 1e-4  # share of a class that no row has


def prior_adjusted(
    spec: LabelSpec,
    features: FeatureShape | KerasModel,
    *,
    prior: ArrayLike,
    tau: float = 1.0,
    width: int = _OWN.width,
    depth: int = _OWN.depth,
    activation: str = _OWN.activation,
    dropout: float = _OWN.dropout,
    learning_rate: float = _OWN.learning_rate,
    weight_decay: float = _OWN.weight_decay,
    augment: str = _OWN.augment,
    metrics: Identifier | None = None,
) -> LabelFedModel:
    """Return a compiled model whose probabilities are those where all classes are equally frequent.

    Row of the table: *label statistics*. The network reads no label; the loss adds the shares of
    the training rows to its logits (`losses.LogitAdjusted`; balanced softmax), so that it learns
    what the features say alone. `models.prior_shifted.prior_shifted` takes a model that was trained
    with cross-entropy to another prior; this one stands at equal shares, and goes to another by
    `models.prior_shifted.with_shift`.

    Args:
        spec: `LabelSpec` of the target: one label, or yes/no labels.
        features: Shape of one row, for the default network, or a `keras.Model` of your own,
            features -> class probabilities.
        prior: Shares in the training rows, each in (0, 1): of each class `(C,)`, which sum to 1; of
            yes `(L,)` for L yes/no labels.
        tau: Strength of the adjustment, >= 0.
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
        ValueError: The network or the prior does not fit the label, or an argument is out of its
            range.

    References:
        Menon et al. 2021, Long-tail learning via logit adjustment; Ren et al. 2020, Balanced
        meta-softmax.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.single(["well", "ill"])
        >>> model = labelfeed.strategies.prior_adjusted(spec, (5,), prior=[0.9, 0.1], width=8)
        >>> x, y = np.random.rand(40, 5), np.arange(40) % 10 == 0
        >>> history = model.fit(x, y.astype(int), epochs=1, verbose=0)
        >>> model.predict(x, verbose=0).shape
        (40, 2)
    """
    spec = LabelSpec.from_config(spec)
    shares = np.asarray(prior, np.float64)
    if shares.shape != (spec.num_classes,):
        raise ValueError(
            f"prior must be the share of each class or yes/no label in training, "
            f"({spec.num_classes},); got shape {shares.shape}."
        )
    if spec.kind == "multi" and spec.class_columns:
        raise ValueError(
            "prior_adjusted takes one label or yes/no labels, no columns of classes among others."
        )
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
        loss=LogitAdjusted(shares, tau, yes_no=spec.kind == "multi"),
    )


def learned_prior(rows: Dataset, options: StrategyOptions) -> np.ndarray | None:
    """Return the shares at which the probabilities of one network of this strategy stand.

    Equal ones, `(num_classes,)`; `None`: those of the training rows, as of every other model.

    Args:
        rows: The rows it was trained on.
        options: Of its strategy.
    """
    if options.strategy != _OWN.strategy or plain_models(options, rows) or _columns(rows):
        return None
    return even_prior(training_prior(rows.targets, rows.spec, rows.weights), rows.spec)


def _build(shape: FeatureShape, rows: Dataset, options: PriorAdjustedOptions) -> KerasModel:
    if _columns(rows):  # cross-entropy, and the shift behind it
        return plain(rows.spec, shape, **options.shared())
    shares = training_prior(rows.targets, rows.spec, rows.weights)
    shares = np.clip(np.nan_to_num(shares, nan=0.5), _LEAST, 1 - _LEAST)
    if rows.spec.kind == "single":
        shares = shares / shares.sum()
    return prior_adjusted(rows.spec, shape, prior=shares, **options.shared())


def _columns(rows: Dataset) -> bool:
    return rows.spec.kind == "multi" and bool(rows.spec.class_columns)


def _unsuited(rows: Dataset) -> str | None:
    if len(rows.numbers) == len(rows.spec.label_columns):
        return "prior-adjusted is for classes and findings; a number has no rare class."
    return without_sides("prior-adjusted")(rows)


PRIOR_ADJUSTED = Recipe(PriorAdjustedOptions, _build, _unsuited)
