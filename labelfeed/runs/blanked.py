"""The label-share control: the same training where no label that is read tells anything."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.options import OptionError, StrategyOptions

__all__ = ["blanked_metrics", "blanked_options", "blanked_rows"]


def blanked_options(options: StrategyOptions) -> StrategyOptions:
    """Return the options of the same training with every label hidden in it.

    Args:
        options: Of the strategy.

    Raises:
        OptionError: The strategy feeds no label, so that there is none to blank.

    Example:
        >>> from labelfeed.options import MaskedOptions
        >>> blanked_options(MaskedOptions()).hidden_rate
        1.0
    """
    found = options.blanked()
    if found is None:
        raise OptionError(
            f"The strategy {options.strategy!r} feeds no label of the row to the model: there "
            "is none to blank. Compare with 'plain'."
        )
    return found


def blanked_rows(rows: Dataset) -> Dataset:
    """Return rows in which every side label is there and tells nothing: one class in all rows.

    Not unknown: a model answers a row without side labels by its plain part alone, and what its
    other parts are worth by themselves is what the control shall measure.

    Args:
        rows: The rows. Other labels stay, since they are the targets: the options hide them.
    """
    sides = dataclasses.replace(rows.sides, ids=np.zeros_like(rows.sides.ids), numbers={})
    return dataclasses.replace(rows, sides=sides)


def blanked_metrics(metrics: dict[str, Any]) -> dict[str, Any]:
    """Return what `evaluate_run` tells of a control: its scores with no label that tells anything.

    Args:
        metrics: Of `evaluate_run` on blanked rows.

    Returns:
        `"nothing_known"`; `"not_fed"` of several labels, to lay beside `"partly_known"` of the
        run itself; `"sides"` with `"known"` alone. `"numbers"` without what was fed.
    """
    kept = {name: value for name, value in metrics.items() if name != "partly_known"}
    if "sides" in kept:
        kept["sides"] = {"known": kept["sides"]["known"]}
    if "numbers" in kept:
        kept["numbers"] = {k: v for k, v in kept["numbers"].items() if k != "partly_known"}
    return kept
