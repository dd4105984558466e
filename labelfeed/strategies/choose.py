"""Which strategy suits a data set, and the compiled model that each one trains."""

from __future__ import annotations

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.options import StrategyOptions, TrainingOptions
from labelfeed.strategies.blended import plain_models
from labelfeed.strategies.margin import MARGIN
from labelfeed.strategies.masked import MASKED
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.noisy_labels import NOISY_LABELS
from labelfeed.strategies.partial_labels import PARTIAL_LABELS
from labelfeed.strategies.plain import PLAIN
from labelfeed.strategies.recipe import Recipe
from labelfeed.strategies.side_label import SIDE_LABEL
from labelfeed.strategies.size import check_size
from labelfeed.types import KerasModel

__all__ = ["RECIPES", "build_model", "choose_strategy", "planned"]

RECIPES: dict[str, Recipe] = {
    made.options.strategy: made
    for made in (PLAIN, MASKED, PARTIAL_LABELS, SIDE_LABEL, MARGIN, NOISY_LABELS)
}


def choose_strategy(options: TrainingOptions, dataset: Dataset) -> StrategyOptions:
    """Return the options of the strategy that `train` will use, with `"auto"` resolved.

    `"auto"` takes `"side-label"` where the rows have side labels, `"partial-labels"` for several
    label columns of tables, `"masked"` for several ones of images and where `network` or
    `conditioning` is given, else `"plain"`.

    Args:
        options: How to train.
        dataset: The rows.

    Raises:
        NetworkError: The strategy does not suit the rows.
        OptionError: An option does not belong to the strategy that `"auto"` takes.
    """
    strategy = _suiting(options, dataset) if options.strategy == "auto" else options.strategy
    chosen = options.of(strategy)
    reason = RECIPES[strategy].unsuited(dataset)
    if reason is not None:
        raise NetworkError(reason)
    return chosen


def _suiting(options: TrainingOptions, dataset: Dataset) -> str:
    if dataset.sides.specs:
        return "side-label"
    if {"network", "conditioning"} & set(options.given):
        return "masked"
    if len(dataset.spec.label_columns) == 1:
        return "plain"
    return "masked" if np.ndim(dataset.features) > 2 else "partial-labels"


def planned(options: TrainingOptions, dataset: Dataset) -> tuple[int, int]:
    """Return in how many phases training goes, and how many epochs each takes at most.

    Where plain models are cross-fitted, it is one phase, and each of them counts as an epoch.
    """
    chosen = choose_strategy(options, dataset)
    if models := plain_models(chosen, dataset):
        return 1, len(models)
    return RECIPES[chosen.strategy].phases, chosen.epochs


def build_model(shape: tuple[int, ...], dataset: Dataset, options: StrategyOptions) -> KerasModel:
    """Return the compiled model of a strategy.

    Args:
        shape: Shape of one row of preprocessed features.
        dataset: The training rows.
        options: Those of the strategy, from `choose_strategy`.

    Raises:
        NetworkError: The network cannot be built, or takes more memory than there is.
    """
    check_size(shape, len(dataset), dataset.spec.num_classes, options)
    return RECIPES[options.strategy].build(shape, dataset, options)
