"""Strategy `generate`: rows or pictures made anew, for the labels that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.estimators.kept_fits import kept_checkpoint
from labelfeed.generate import ConditionalDiffusion, image_network, table_network
from labelfeed.generate.training import KeepBest
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.resuming import Resume
from labelfeed.options import GenerateOptions
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.recipe import Recipe
from labelfeed.types import ArrayLike, KerasModel, Labels, SideValues

__all__ = ["GENERATE", "fit_generator", "generate"]

_OWN = GenerateOptions()


def generate(
    spec: LabelSpec,
    features: FeatureShape | KerasModel,
    *,
    sides: Sequence[LabelSpec] = (),
    groups: ArrayLike | None = None,
    options: GenerateOptions = _OWN,
) -> ConditionalDiffusion:
    """Return a diffusion of rows or pictures that labels condition.

    Row of the table: *a condition of a generated x*.

    Args:
        spec: `LabelSpec` of the label, of any kind.
        features: Shape of one row, `(d,)` or `(height, width, channels)`, for the default network;
            or a network of your own, as `ConditionalDiffusion` takes it.
        sides: Those of side labels, which condition too.
        groups: Group of each column `(d,)`; columns of one are given together.
        options: Size of the network, `label_dropout`, and how it is trained.

    Example:
        >>> spec = LabelSpec.single(["cat", "dog"])
        >>> model = generate(spec, (5,), options=GenerateOptions(width=8, depth=1))
        >>> history = model.fit(np.random.randn(40, 5), np.arange(40) % 2, epochs=1, verbose=0)
        >>> model.sample(3, known="dog", steps=2, seed=0).shape
        (3, 5)
    """
    network = features
    if isinstance(features, (tuple, list)):
        shape: Any = tuple(features)
        pictures = len(shape) == 3
        size: dict[str, Any] = options.size(pictures)
        if pictures:
            network = image_network(shape, spec, sides=sides, **size)
        else:
            network = table_network(shape[0], spec, sides=sides, dropout=options.dropout, **size)
    model = ConditionalDiffusion(
        network, spec, sides=sides, label_dropout=options.label_dropout, groups=groups
    )
    usual = (options.learning_rate, options.weight_decay)
    if usual != (_OWN.learning_rate, _OWN.weight_decay):
        model.compile(
            keras.optimizers.AdamW(
                options.learning_rate, weight_decay=options.weight_decay, clipnorm=1.0
            )
        )
    return model


def fit_generator(
    model: ConditionalDiffusion,
    rows: tuple[np.ndarray, Labels, SideValues],
    held: tuple[np.ndarray, Labels, SideValues],
    options: GenerateOptions,
    weights: np.ndarray | None = None,
    callbacks: Sequence[Any] = (),
) -> None:
    """Train a generator; the averages of the best epoch on held-out rows stay.

    In a block of `keeping` it goes on where it was stopped.

    Args:
        model: The generator.
        rows: x, labels and side labels of the training rows.
        held: The same of held-out rows; none of them: nothing ends the training early.
        options: How long, in which batches.
        weights: `(n,)`, of the training rows.
        callbacks: Of Keras.
    """
    x, labels, sides = rows
    validated = {"validation_data": held} if len(held[0]) else {}
    epochs = options.epochs or None
    followed = list(callbacks)
    if epochs is not None and validated:
        followed.append(KeepBest(options.patience))
    if (checkpoint := kept_checkpoint()) is not None:  # last: it keeps what the others know
        followed.append(Resume(checkpoint, followed))
    known = np.asarray(labels) != -1
    model.fit(
        x,
        labels if known.any() else None,
        sides=sides,
        batch_size=options.batch_size or None,
        epochs=epochs,
        sample_weight=weights,
        callbacks=followed,
        seed=options.seed,
        verbose=0,
        **validated,
    )


def _unsuited(rows: Dataset) -> str:
    return (
        "The strategy 'generate' makes rows and predicts no label, so that there is nothing to "
        "score: labelfeed train --strategy generate trains it and labelfeed sample makes rows; in "
        "Python labelfeed.runs.train_generator."
    )


def _build(shape: FeatureShape, rows: Dataset, options: GenerateOptions) -> KerasModel:
    raise NetworkError(_unsuited(rows))


GENERATE = Recipe(GenerateOptions, _build, _unsuited)
