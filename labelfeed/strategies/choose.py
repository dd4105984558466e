"""Which strategy suits a data set, and the compiled model that each one trains."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.options import StrategyOptions, TrainingOptions
from labelfeed.options.backbones import backbone_named
from labelfeed.strategies.blended import plain_models
from labelfeed.strategies.generate import GENERATE
from labelfeed.strategies.margin import MARGIN
from labelfeed.strategies.masked import MASKED
from labelfeed.strategies.neighbour_labels import NEIGHBOUR_LABELS
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.noisy_labels import NOISY_LABELS
from labelfeed.strategies.partial_labels import PARTIAL_LABELS
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.plain import PLAIN
from labelfeed.strategies.prior_adjusted import PRIOR_ADJUSTED
from labelfeed.strategies.recipe import Recipe
from labelfeed.strategies.semi_supervised import SEMI_SUPERVISED
from labelfeed.strategies.side_label import SIDE_LABEL
from labelfeed.strategies.size import check_size
from labelfeed.types import KerasModel

__all__ = ["RECIPES", "build_model", "choose_strategy", "planned"]

RECIPES: dict[str, Recipe] = {
    made.options.strategy: made
    for made in (
        PLAIN,
        MASKED,
        PARTIAL_LABELS,
        SIDE_LABEL,
        MARGIN,
        NOISY_LABELS,
        NEIGHBOUR_LABELS,
        PRIOR_ADJUSTED,
        SEMI_SUPERVISED,
        GENERATE,
    )
}


def choose_strategy(options: TrainingOptions, dataset: Dataset) -> StrategyOptions:
    """Return the options of the strategy that `train` will use, with `"auto"` resolved.

    `"auto"` takes `"side-label"` where the rows have side labels, `"partial-labels"` for several
    label columns of tables and of images on a backbone, `"masked"` for others of images and where
    `network`, `conditioning` or `label_width` is given, else `"plain"`.

    Args:
        options: How to train.
        dataset: The rows.

    Raises:
        NetworkError: The strategy, or what is done to pictures, does not suit the rows.
        OptionError: An option does not belong to the strategy that `"auto"` takes.
    """
    strategy = _suiting(options, dataset) if options.strategy == "auto" else options.strategy
    chosen = options.of(strategy)
    _check_pictures(options, chosen, dataset)
    reason = RECIPES[strategy].unsuited(dataset)
    if reason is not None:
        raise NetworkError(reason)
    return chosen


def _check_pictures(asked: TrainingOptions, options: StrategyOptions, dataset: Dataset) -> None:
    """Raise `NetworkError` if options for pictures do not suit the rows, or each other."""
    given = [name for name in ("augment", "backbone") if name in asked.given]
    if given and np.ndim(dataset.features) <= 2:
        raise NetworkError(
            f"--{given[0]} is for pictures; these are rows of a table: leave it out."
        )
    if options.backbone is None:
        for name, option in (("backbone_weights", "--weights"), ("fine_tune", "--fine-tune")):
            if asked.given.get(name):
                raise NetworkError(f"{option} goes with --backbone, the network that it is about.")
        return
    named = backbone_named(options.backbone)
    if named and options.backbone_weights is None:
        raise NetworkError(
            f"--backbone {named} needs its weights: --weights FILE, or --weights imagenet, which "
            "Keras downloads. Without them its vectors would be random."
        )
    if not named and options.backbone_weights is not None:
        raise NetworkError("A .keras file has its weights in it: leave --weights out.")
    if options.strategy == "side-label":
        raise NetworkError("--backbone does not go with the strategy 'side-label': leave one out.")
    if dataclasses.asdict(options).get("network") is not None:
        raise NetworkError("--backbone and --network exclude each other.")
    if options.fine_tune and options.strategy not in ("plain", "masked"):
        raise NetworkError(
            "--fine-tune goes with the strategies 'plain' and 'masked', not with "
            f"{options.strategy!r}: leave it out, or say --strategy masked."
        )


def _suiting(options: TrainingOptions, dataset: Dataset) -> str:
    if dataset.sides.specs:
        return "side-label"
    if {"network", "conditioning", "label_width"} & set(options.given):
        return "masked"
    if len(dataset.spec.label_columns) == 1:
        return "plain"
    pictures = np.ndim(dataset.features) > 2
    if pictures and (options.given.get("backbone") is None or options.given.get("fine_tune")):
        return "masked"
    return "partial-labels"


def planned(options: TrainingOptions, dataset: Dataset) -> tuple[int, int]:
    """Return in how many phases training goes, and how many epochs each takes at most.

    Where plain models are cross-fitted, it is one phase, and each of them counts as an epoch;
    under side labels each is fitted without and with these, for rare classes on two samples.
    """
    chosen = choose_strategy(options, dataset)
    if models := plain_models(chosen, dataset):
        twice = chosen.strategy in ("side-label", "prior-adjusted")
        return 1, len(models) * (2 if twice else 1)
    return RECIPES[chosen.strategy].phases + bool(chosen.fine_tune), chosen.epochs


def build_model(shape: FeatureShape, dataset: Dataset, options: StrategyOptions) -> KerasModel:
    """Return the compiled model of a strategy.

    Args:
        shape: Of one row of preprocessed features, as for `build_network`.
        dataset: The training rows.
        options: Those of the strategy, from `choose_strategy`.

    Raises:
        NetworkError: The network cannot be built, or takes more memory than there is.
    """
    check_size(shape, len(dataset), dataset.spec.num_classes, options)
    return RECIPES[options.strategy].build(shape, dataset, options)
