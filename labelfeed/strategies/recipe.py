"""What every strategy hands to `labelfeed train`, and how those that give probabilities compile."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Literal

import keras

from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import StrategyOptions
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.types import Identifier, KerasModel

__all__ = ["Recipe", "compile_probabilities", "usual_hidden_rate", "without_sides"]


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A strategy as a command trains it.

    Args:
        options: Its options, and with them its name.
        build: `(shape, rows, options)` -> compiled model: the shape of a row of preprocessed
            features, the training rows, and an instance of `options`.
        unsuited: Returns why the strategy does not suit rows; `None` where it does.
        phases: How often `options.epochs` are trained at most.
        calibrated: Whether a network of pictures is calibrated on the validation rows.
    """

    options: type[StrategyOptions]
    build: Callable[[FeatureShape, Dataset, Any], KerasModel]
    unsuited: Callable[[Dataset], str | None] = lambda rows: None
    phases: int = 1
    calibrated: bool = False


def without_sides(strategy: str) -> Callable[[Dataset], str | None]:
    """Return the `unsuited` of a strategy that has no use for side labels."""

    def unsuited(rows: Dataset) -> str | None:
        if not rows.sides.specs:
            return None
        return (
            f"Side labels go with the strategy 'side-label' (or 'plain', which leaves them out), "
            f"not with {strategy!r}."
        )

    return unsuited


def usual_hidden_rate(spec: LabelSpec) -> float | Literal["uniform"]:
    """Return the hidden rate of `Masked` where none is given."""
    # Of several labels any share may be known at inference; of one it is all or nothing.
    return "uniform" if spec.kind == "multi" else 0.5


def compile_probabilities(
    model: KerasModel,
    learning_rate: float,
    weight_decay: float,
    metrics: Identifier | None = None,
    loss: Identifier | None = None,
) -> KerasModel:
    """Compile a model whose network gives class probabilities, with AdamW; return it.

    Args:
        model: `LabelFedModel`.
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay, >= 0.
        metrics: Keras metrics.
        loss: Keras loss; `None`: cross-entropy.
    """
    binary = model.label.kind == "multi" or model.network.outputs[0].shape[1] == 1
    model.compile(
        keras.optimizers.AdamW(learning_rate, weight_decay=weight_decay),
        loss or ("binary_crossentropy" if binary else "sparse_categorical_crossentropy"),
        metrics=metrics,
    )
    return model
