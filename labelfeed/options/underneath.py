"""What stands under the labels: the plain model, and which one suits the options given."""

from __future__ import annotations

import dataclasses

from labelfeed.options.base import OptionError, StrategyOptions

__all__ = ["BLENDED", "PLAIN_MODELS", "underneath"]

# In the order in which they are fitted; the names are those of `labelfeed.estimators.BLENDED`.
BLENDED = ("logistic", "extra-trees", "boosting", "network")
PLAIN_MODELS = ("auto", *BLENDED, "lightgbm")

# What says how one network is trained, so that giving it asks for one.
_OF_A_NETWORK = frozenset(
    {
        "width", "depth", "activation", "dropout", "epochs", "patience", "batch_size",
        "learning_rate", "weight_decay", "validation_share", "hidden_rate", "label_dropout",
        "side_layer", "side_offset",
        "fine_tune",
    }
)  # fmt: skip


def underneath(options: StrategyOptions) -> str | None:
    """Return the plain model that options ask for: one of `PLAIN_MODELS`, or `"module:function"`.

    `"auto"` unless another is given, or an option that says how one network is trained differs
    from its default: that is `"network"`.

    Args:
        options: Of any strategy.

    Returns:
        `None` for a strategy that has no choice of plain models.

    Raises:
        OptionError: There is no such plain model.

    Example:
        >>> from labelfeed.options import PlainOptions
        >>> underneath(PlainOptions()), underneath(PlainOptions(width=64))
        ('auto', 'network')
    """
    fields = {field.name: field.default for field in dataclasses.fields(options)}
    if "plain" not in fields:
        return None
    given: str | None = getattr(options, "plain")  # noqa: B009  # only some strategies have it
    if (method := getattr(options, "noise_method", "auto")) != "auto":
        if given not in (None, "network"):
            raise OptionError(
                f"--noise-method {method} is a loss of one network; leave out --plain {given}."
            )
        return "network"
    if given is None:
        of_one = _OF_A_NETWORK & set(fields)
        changed = any(getattr(options, name) != fields[name] for name in of_one)
        return "network" if changed else "auto"
    if given not in PLAIN_MODELS and ":" not in given:
        known = ", ".join(map(repr, PLAIN_MODELS))
        raise OptionError(f"plain must be one of {known} or 'module:function', got {given!r}.")
    return given
