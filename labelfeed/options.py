"""How to train: each strategy's options with the defaults that were benchmarked, written once.

The signatures of `labelfeed.strategies`, `labelfeed train` and its help take them from here.
Nothing is imported: `labelfeed --help` reads this file.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, get_args

__all__ = [
    "CONDITIONINGS",
    "HEADS",
    "OPTIONS",
    "SIDE_LAYERS",
    "STRATEGIES",
    "Conditioning",
    "MarginOptions",
    "MaskedOptions",
    "OptionError",
    "PartialLabelsOptions",
    "PlainOptions",
    "SideLabelOptions",
    "StrategyOptions",
    "TrainingOptions",
    "owners",
]

Conditioning = Literal["embedding", "conditional-dense", "branch"]
CONDITIONINGS: tuple[Conditioning, ...] = get_args(Conditioning)
SIDE_LAYERS = ("conditional-dense", "low-rank", "ada-ln-zero", "film", "gate", "embedding")
# Heads with class probabilities that follow from the cosines and the number of classes alone, and
# their classes in `labelfeed.heads`.
HEADS = {
    "arcface": "ArcFace",
    "cosface": "CosFace",
    "combined": "CombinedMargin",
    "curricularface": "CurricularFace",
    "adaface": "AdaFace",
    "subcenter-arcface": "SubCenterArcFace",
    "proxy-anchor": "ProxyAnchor",
    "center-loss": "CenterLoss",
    "normalized-softmax": "NormalizedSoftmax",
}


class OptionError(ValueError):
    """A strategy that does not exist, or an option that does not belong to the one chosen."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class StrategyOptions:
    """What every strategy takes; each has its own defaults.

    Args:
        width: Units of each dense layer of the default network, >= 1.
        depth: Number of its dense layers, >= 1.
        activation: Their activation.
        dropout: Their dropout in [0, 1).
        epochs: Most epochs, >= 1; of each phase where there are two.
        patience: Epochs without a better validation score after which training stops.
        batch_size: Rows per step, >= 1.
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        test_share: Share of labelled rows held out for the scores, in [0, 1).
        validation_share: Share of labelled rows for early stopping, in [0, 1).
        seed: Seed of split, weights, batches and visibility.
    """

    strategy: ClassVar[str]
    watch: ClassVar[str] = "val_loss"  # what the best epoch is the best in

    width: int
    depth: int
    activation: str = "relu"
    dropout: float
    epochs: int
    patience: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    test_share: float = 0.2
    validation_share: float = 0.15
    seed: int = 0

    def shared(self) -> dict[str, Any]:
        """Return what every recipe takes under the same name: the network's size, and AdamW."""
        names = ("width", "depth", "activation", "dropout", "learning_rate", "weight_decay")
        return {name: getattr(self, name) for name in names}


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlainOptions(StrategyOptions):
    """Options of `plain`: the plain network of `python -m benchmarks side`."""

    strategy: ClassVar[str] = "plain"

    width: int = 128
    depth: int = 2
    dropout: float = 0.2
    epochs: int = 60
    patience: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class MaskedOptions(StrategyOptions):
    """Options of `masked`: the label embedding of `python -m benchmarks partial-images`.

    Args:
        network: `"module:function"` of a user's network; `None` for the default.
        conditioning: Where the label enters the default network, one of `CONDITIONINGS`.
        hidden_rate: Probability in [0, 1] that a label is hidden in training, or `"uniform"` to
            draw it per row. `None` takes `"uniform"` for multi and 0.5 for single labels.
        label_dropout: Probability in [0, 1) that a layer takes a shown label for unknown.
    """

    strategy: ClassVar[str] = "masked"

    width: int = 64
    depth: int = 1
    dropout: float = 0.1
    epochs: int = 40
    patience: int = 5
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    network: str | None = None
    conditioning: Conditioning = "embedding"
    hidden_rate: float | Literal["uniform"] | None = None
    label_dropout: float = 0.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class PartialLabelsOptions(StrategyOptions):
    """Options of `partial_labels`: those of `python -m benchmarks partial`.

    Args:
        hidden_rate: As for `MaskedOptions`.
        label_dropout: As for `MaskedOptions`.
    """

    strategy: ClassVar[str] = "partial-labels"

    width: int = 128
    depth: int = 1
    dropout: float = 0.3
    epochs: int = 150
    patience: int = 15
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    hidden_rate: float | Literal["uniform"] = "uniform"
    label_dropout: float = 0.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class SideLabelOptions(StrategyOptions):
    """Options of `side_label`: those of `python -m benchmarks side`, which stops no run early.

    Args:
        side_layer: Where side labels enter, one of `SIDE_LAYERS` or `"auto"`.
        side_dropout: Probability in [0, 1) that a side label is taken for unknown in training.
        side_corruption: Probability in [0, 1) that it is taken for another class in training.
        side_offset: Whether the Bayes product is added to the logits that read side labels.
    """

    strategy: ClassVar[str] = "side-label"

    width: int = 128
    depth: int = 2
    dropout: float = 0.2
    epochs: int = 60
    patience: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    side_layer: str = "auto"
    side_dropout: float = 0.1
    side_corruption: float = 0.1
    side_offset: bool = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class MarginOptions(StrategyOptions):
    """Options of `margin`: those of `python -m benchmarks open-set`.

    Args:
        head: A name in `HEADS`.
        embedding_dim: Length of the embedding, >= 2.
    """

    strategy: ClassVar[str] = "margin"
    watch: ClassVar[str] = "val_accuracy"

    width: int = 256
    depth: int = 2
    dropout: float = 0.1
    epochs: int = 20
    patience: int = 5
    batch_size: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    head: str = "arcface"
    embedding_dim: int = 64


OPTIONS: dict[str, type[StrategyOptions]] = {
    made.strategy: made
    for made in (
        PlainOptions,
        MaskedOptions,
        PartialLabelsOptions,
        SideLabelOptions,
        MarginOptions,
    )
}
STRATEGIES = ("auto", *OPTIONS)


def owners(option: str) -> tuple[str, ...]:
    """Return the strategies that take an option.

    Example:
        >>> owners("hidden_rate")
        ('masked', 'partial-labels')
    """
    return tuple(
        strategy
        for strategy, made in OPTIONS.items()
        if option in (field.name for field in dataclasses.fields(made))
    )


@dataclasses.dataclass(frozen=True, init=False)
class TrainingOptions:
    """What the user asks for: a strategy, perhaps `"auto"`, and options that override its own.

    Args:
        strategy: What the label input is for, one of `STRATEGIES`: `"plain"` (no label input),
            `"masked"` (the labels themselves, of which training hides a part),
            `"partial-labels"` (several label columns, partly known), `"side-label"` (labels known
            at inference that are not the target), or `"margin"` (one label, in the loss only: an
            embedding). `"auto"` takes what suits the rows.
        given: Options by name.
        **options: The same, as keywords; `None` is not given.

    Raises:
        OptionError: There is no such strategy, or an option does not belong to it.
        TypeError: No strategy has such an option.

    Example:
        >>> TrainingOptions("margin", head="cosface").of("margin").batch_size
        128
        >>> TrainingOptions(width=8).of("plain").width
        8
    """

    strategy: str
    given: Mapping[str, Any]

    def __init__(
        self, strategy: str = "auto", *, given: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        """Check that strategy and options exist and go together."""
        merged = {k: v for k, v in {**(given or {}), **options}.items() if v is not None}
        object.__setattr__(self, "strategy", strategy)
        object.__setattr__(self, "given", merged)
        if strategy not in STRATEGIES:
            known = ", ".join(map(repr, STRATEGIES))
            raise OptionError(f"strategy must be one of {known}, got {strategy!r}.")
        for name in merged:
            if not owners(name):
                raise TypeError(f"No strategy has an option {name!r}.")
        if strategy != "auto":
            self.of(strategy)

    def of(self, strategy: str) -> StrategyOptions:
        """Return the options of a strategy: what is given, and its own defaults.

        Raises:
            OptionError: An option does not belong to the strategy; names those that it belongs to.
        """
        for name in self.given:
            if strategy not in (having := owners(name)):
                several = "strategies" if len(having) > 1 else "strategy"
                what = "what 'auto' takes here" if self.strategy == "auto" else "the one chosen"
                raise OptionError(
                    f"--{name.replace('_', '-')} belongs to the {several} "
                    f"{' and '.join(map(repr, having))}, not to {strategy!r}, {what}."
                )
        return OPTIONS[strategy](**self.given)
