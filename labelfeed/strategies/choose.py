"""Which strategy suits a data set, and the compiled model that each one trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.options import STRATEGIES, TrainingOptions
from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.strategies.margin import margin
from labelfeed.strategies.networks import NetworkError, build_network, load_network, without_label
from labelfeed.strategies.partial_labels import partial_labels
from labelfeed.strategies.side_label import side_label
from labelfeed.visibility.policies import Hidden, Masked, Visibility

__all__ = ["build_model", "choose_strategy", "most_epochs"]


def choose_strategy(options: TrainingOptions, dataset: Dataset) -> str:
    """Return the strategy that `train` will use, with `"auto"` resolved.

    Args:
        options: How to train.
        dataset: The rows.

    Raises:
        NetworkError: No such strategy, or it does not suit the labels or the other options.
    """
    spec, asked = dataset.spec, options.strategy
    if asked not in STRATEGIES:
        known = ", ".join(map(repr, STRATEGIES))
        raise NetworkError(f"strategy must be one of {known}, got {asked!r}.")
    several = len(spec.label_columns) > 1
    if options.network is not None and asked not in ("auto", "masked"):
        raise NetworkError(f"A network of your own trains under 'masked', not under {asked!r}.")
    if options.conditioning != "auto" and asked not in ("auto", "masked"):
        raise NetworkError(
            f"conditioning {options.conditioning!r} is a choice within 'masked'; the strategy "
            f"{asked!r} has its own way to read labels. Leave one of the two out."
        )
    if asked == "partial-labels" and not several:
        raise NetworkError(
            "The strategy 'partial-labels' needs several label columns, of which some are known "
            f"while others are not; {spec.name!r} is one label. Use 'masked' or 'plain'."
        )
    if asked == "margin" and spec.kind != "single":
        raise NetworkError(
            "The strategy 'margin' needs one label, the class of a row: --target alone, without "
            f"--label. These are {len(spec.label_columns)} label columns."
        )
    if asked != "margin":
        for name in ("head", "embedding_dim"):
            if getattr(options, name) is not None:
                option = "--" + name.replace("_", "-")
                raise NetworkError(f"{option} belongs to the strategy 'margin', not {asked!r}.")
    if dataset.sides.specs and asked not in ("auto", "plain", "side-label"):
        raise NetworkError(
            f"Side labels go with the strategy 'side-label' (or 'plain', which leaves them out), "
            f"not with {asked!r}."
        )
    if asked != "auto":
        return asked
    if dataset.sides.specs:
        if options.network is not None or options.conditioning != "auto":
            raise NetworkError(
                "--network and --conditioning go with 'masked'; side labels bring their own "
                "network. Leave one of the two out."
            )
        return "side-label"
    own = options.network is not None or options.conditioning != "auto"
    images = np.ndim(dataset.features) > 2
    return "partial-labels" if several and not images and not own else "masked"


def most_epochs(options: TrainingOptions, dataset: Dataset) -> int:
    """Return how many epochs training takes at most, over all phases."""
    phases = 2 if choose_strategy(options, dataset) in ("partial-labels", "side-label") else 1
    return options.epochs * phases


def build_model(shape: tuple[int, ...], dataset: Dataset, options: TrainingOptions) -> Any:
    """Return the compiled model of the chosen strategy.

    Args:
        shape: Shape of one row of preprocessed features.
        dataset: The training rows.
        options: How to train.

    Raises:
        NetworkError: The network cannot be built, or the strategy does not suit.
    """
    strategy = choose_strategy(options, dataset)
    model = _BUILDERS[strategy](shape, dataset, options)
    if strategy == "margin":
        return model  # compiled; its head brings the loss
    binary = model.label.kind == "multi" or model.network.outputs[0].shape[1] == 1
    model.compile(
        keras.optimizers.AdamW(options.learning_rate, weight_decay=options.weight_decay),
        "binary_crossentropy" if binary else "sparse_categorical_crossentropy",
    )
    return model


def _plain(shape: tuple[int, ...], dataset: Dataset, options: TrainingOptions) -> Any:
    network = build_network(shape, dataset.spec, conditioning=None, **_design(options))
    return LabelFedModel(without_label(network, dataset.spec), dataset.spec, Hidden())


def _masked(shape: tuple[int, ...], dataset: Dataset, options: TrainingOptions) -> Any:
    if options.network is not None:
        network = load_network(options.network, shape, dataset.spec)
    else:
        where: Any = "embedding" if options.conditioning == "auto" else options.conditioning
        network = build_network(shape, dataset.spec, conditioning=where, **_design(options))
    return LabelFedModel(network, dataset.spec, _visibility(dataset, options))


def _partial_labels(shape: tuple[int, ...], dataset: Dataset, options: TrainingOptions) -> Any:
    visibility = _visibility(dataset, options)
    return partial_labels(dataset.spec, shape, visibility=visibility, **_design(options))


def _margin(shape: tuple[int, ...], dataset: Dataset, options: TrainingOptions) -> Any:
    design = {key: value for key, value in _design(options).items() if key != "label_dropout"}
    return margin(
        dataset.spec,
        shape,
        "arcface" if options.head is None else options.head,
        dimension=64 if options.embedding_dim is None else options.embedding_dim,
        learning_rate=options.learning_rate,
        weight_decay=options.weight_decay,
        **design,
    )


def _side_label(shape: tuple[int, ...], dataset: Dataset, options: TrainingOptions) -> Any:
    spec, sides, product = dataset.spec, dataset.sides, None
    if spec.kind == "single":  # the peer: its table is told what corruption teaches the network
        product = BayesProduct(spec, sides.specs, error_rate=options.side_corruption or None)
        product.fit(dataset.labels, sides.columns())
    design = _design(options)
    del design["label_dropout"]
    return side_label(
        spec,
        shape,
        sides.specs,
        layer=options.side_layer,
        rows=len(dataset),
        side_dropout=options.side_dropout,
        side_corruption=options.side_corruption,
        product=product,
        offset=options.side_offset and product is not None,
        **design,
    )


_BUILDERS: dict[str, Callable[[tuple[int, ...], Dataset, TrainingOptions], Any]] = {
    "plain": _plain,
    "masked": _masked,
    "partial-labels": _partial_labels,
    "margin": _margin,
    "side-label": _side_label,
}


def _visibility(dataset: Dataset, options: TrainingOptions) -> Visibility:
    rate = options.hidden_rate
    if rate is None:
        rate = "uniform" if dataset.spec.kind == "multi" else 0.5
    return Masked(rate, seed=options.seed)


def _design(options: TrainingOptions) -> dict[str, Any]:
    return {
        "width": options.width,
        "depth": options.depth,
        "activation": options.activation,
        "dropout": options.dropout,
        "label_dropout": options.label_dropout,
    }
