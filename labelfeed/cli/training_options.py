"""The options of `labelfeed train` that say how to train; their defaults are the strategies'."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import click

from labelfeed.cli.common_options import options_of
from labelfeed.options import (
    CONDITIONINGS,
    HEADS,
    NOISE_METHODS,
    OPTIONS,
    SIDE_LAYERS,
    STRATEGIES,
    owners,
)
from labelfeed.options.base import AUGMENTATIONS
from labelfeed.options.members import read_members
from labelfeed.options.underneath import PLAIN_MODELS

__all__ = ["TRAINING", "defaults_text"]

_BELOW_ONE = click.FloatRange(0, 1, max_open=True)
_COUNT = click.IntRange(min=1, max=2**31 - 1)


def defaults_text(option: str, unset: str | None = None) -> str:
    """Return the defaults of an option and the strategies that it belongs to, for its help.

    Args:
        option: Its name in Python.
        unset: What `None` stands for; without, `None` is not shown.

    Example:
        >>> defaults_text("depth")
        '[1 for masked, partial-labels; 4 for generate; else 2]'
        >>> defaults_text("embedding_dim")
        'Only margin. [64]'
    """
    having = owners(option)
    by_value: dict[str, list[str]] = {}
    for strategy in having:
        field = next(f for f in dataclasses.fields(OPTIONS[strategy]) if f.name == option)
        value = unset if field.default is None else field.default
        value = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        by_value.setdefault("" if value is None else str(value), []).append(strategy)
    usual = max(by_value, key=lambda value: len(by_value[value]))
    parts = [f"{v} for {', '.join(s)}" for v, s in by_value.items() if v != usual]
    parts.append(f"else {usual}" if parts else usual)
    only = "" if len(having) == len(OPTIONS) else f"Only {', '.join(having)}. "
    return f"{only}[{'; '.join(parts)}]" if usual else only.rstrip()


def _option(name: str, text: str = "", unset: str | None = None, **how: Any) -> Callable[..., Any]:
    option = name.partition("/")[0].removeprefix("--").replace("-", "_")
    defaults = defaults_text(option, unset)
    return click.option(name, default=None, help=f"{text} {defaults}".strip(), **how)


def _hidden_rate(
    context: click.Context, option: click.Parameter, text: str | None
) -> float | str | None:
    if text is None or text == "uniform":
        return text
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise click.BadParameter(f"{text!r} is neither a number in [0, 1] nor 'uniform'.")
    return rate


def _members(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> dict[str, dict[str, float]] | None:
    return read_members(texts) or None


TRAINING = options_of(
    click.option(
        "--strategy",
        type=click.Choice(STRATEGIES),
        default="auto",
        show_default=True,
        help="What the label is for; plain: no input; margin: the loss of an embedding only; "
        "noisy-labels: a target that may be wrong; prior-adjusted: rare classes; semi-supervised: "
        "most rows have no label; generate: rows made anew; auto: "
        "side-label with --side, plain for one label, for several partial-labels (images: masked).",
    ),
    _option("--plain", f"Of a table, under the labels: {', '.join(PLAIN_MODELS)}, or a function "
            "that returns a classifier of scikit-learn. auto blends them all; an option of one "
            "network takes network.", unset="auto", metavar="NAME|MODULE:FUNCTION"),
    click.option("--member", "members", metavar="MODEL.SETTING=VALUE", multiple=True,
                 callback=_members,
                 help="Setting of a plain model of a table: boosting.leaves=16. Only "
                 f"{', '.join(owners('members'))}."),
    _option("--noise-method", "auto: soft repaired labels where noise is found; forward, gce: "
            "losses of one network.", type=click.Choice(NOISE_METHODS)),
    _option("--conditioning", "Where the label enters the network.",
            type=click.Choice(CONDITIONINGS)),
    _option("--label-width", "Length of the label's vector, where it enters by an embedding.",
            type=_COUNT),
    _option("--network", "Own network: function(shape, spec).", metavar="MODULE:FUNCTION"),
    _option("--head", "What turns embeddings into scores.", type=click.Choice(list(HEADS))),
    _option("--embedding-dim", "Length of the embedding.", type=click.IntRange(2, 2**31 - 1)),
    _option("--width", "Units per dense layer.", type=_COUNT),
    _option("--depth", "Number of dense layers.", type=_COUNT),
    _option("--augment", "What training does to pictures; light: shift, turn, scale a little; "
            "flip: and mirror half of them.", type=click.Choice(AUGMENTATIONS)),
    _option("--backbone", "Of pictures: a pretrained network of keras.applications or of yours.",
            metavar="NAME|FILE.keras"),
    click.option("--weights", "backbone_weights", metavar="FILE|imagenet",
                 help="Of the backbone: a file; imagenet: Keras downloads them."),
    _option("--fine-tune", "Epochs in which the backbone is trained too.", type=click.IntRange(0)),
    _option("--activation", "Any Keras activation."),
    _option("--dropout", "Of the dense layers.", type=_BELOW_ONE),
    _option("--label-dropout", "Chance that a layer takes a shown label for unknown.",
            type=_BELOW_ONE),
    _option("--hidden-rate", "Chance that a label is hidden in training, or 'uniform'.",
            unset="0.5 (one label) or uniform", metavar="RATE", callback=_hidden_rate),
    _option("--side-layer", "Where side labels enter; auto: conditional-dense with 100 training "
            "rows for each class, else ada-ln-zero.", type=click.Choice(["auto", *SIDE_LAYERS])),
    _option("--side-dropout", "Chance that a side label is taken for unknown in training.",
            type=_BELOW_ONE),
    _option("--side-corruption", "Chance that it is taken for another class in training.",
            type=_BELOW_ONE),
    _option("--side-offset/--no-side-offset",
            "Whether counts of the side labels are added to the logits."),
    _option("--epochs", "At most; of each phase; 0: by the number of rows.", type=_COUNT),
    _option("--patience", "Stop after so many epochs without a better validation score.",
            type=_COUNT),
    _option("--batch-size", "Rows per step; 0: by the number of rows.", type=_COUNT),
    _option("--learning-rate", "Of AdamW.", type=click.FloatRange(0, min_open=True)),
    _option("--weight-decay", "Of AdamW.", type=click.FloatRange(0)),
    _option("--deploy-prior", "How frequent the label is where the model will be used; of classes "
            "and of several labels by name. Probabilities are shifted to it.",
            metavar="P|NAME=P,..."),
    _option("--test-share", "Of the labelled rows, to score.", type=_BELOW_ONE),
    _option("--validation-share", "Of the labelled rows, to stop early.", type=_BELOW_ONE),
    _option("--seed", "Of split, weights, batches and visibility.",
            type=click.IntRange(min=0, max=2**32 - 1)),
)  # fmt: skip
