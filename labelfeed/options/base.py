"""What every strategy takes, and what a user asks for: a strategy, and options that differ.

Nothing is imported but the standard library: `labelfeed --help` reads this package.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

__all__ = [
    "AUGMENTATIONS",
    "OPTIONS",
    "OptionError",
    "StrategyOptions",
    "TrainingOptions",
    "owners",
]

# What training may do to pictures; see `labelfeed.strategies.pictures.augmented`.
AUGMENTATIONS = ("light", "flip", "none")

# By the strategy's name. Filled by `labelfeed/options/__init__.py`, which Python runs before
# anybody gets hold of this module.
OPTIONS: dict[str, type[StrategyOptions]] = {}


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
        augment: What training does to pictures, one of `AUGMENTATIONS`.
        backbone: Of pictures: a pretrained network, by its name in keras.applications or the path
            of a `.keras` file, which makes vectors of them; `None`: the default network.
        backbone_weights: Its weights: a file, or `"imagenet"`, which Keras downloads.
        fine_tune: Epochs in which the backbone is trained too, after what stands on it, >= 0.
        deploy_prior: How frequent classes or labels are where the model will be used: a share, or
            text or a dict of shares by name, see `labelfeed.labels.prior.stated_prior`; `None`: as
            in training.
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
    augment: str = "light"
    backbone: str | None = None
    backbone_weights: str | None = None
    fine_tune: int = 0
    deploy_prior: float | str | Mapping[str, float] | None = None
    test_share: float = 0.2
    validation_share: float = 0.15
    seed: int = 0

    def shared(self) -> dict[str, Any]:
        """Return what every recipe takes under the same name: the network's size, and AdamW."""
        names = (
            "width", "depth", "activation", "dropout", "learning_rate", "weight_decay", "augment",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def blanked(self) -> StrategyOptions | None:
        """Return these options with every label hidden in training; `None`: none is fed anyway.

        A strategy that feeds labels says here how it is trained alike without what they tell
        (`labelfeed.runs.blanked`).
        """
        return None


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
        strategy: What the label input is for, one of `STRATEGIES`. Each of `OPTIONS` says what it
            is for; `"auto"` takes what suits the rows.
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
        if strategy not in ("auto", *OPTIONS):
            known = ", ".join(map(repr, ("auto", *OPTIONS)))
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
