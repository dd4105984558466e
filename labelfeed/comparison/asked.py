"""Whether strategies that are asked for suit the rows, and what the rows bring that some need."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from labelfeed.comparison.contenders import CONTENDERS, HIDDEN_COLUMNS, UNLABELLED
from labelfeed.comparison.design import input_kind
from labelfeed.comparison.errors import ComparisonError
from labelfeed.data.dataset import Dataset, did_you_mean
from labelfeed.unlabelled.joining import not_tried

__all__ = ["brought", "check_asked"]


def brought(dataset: Dataset) -> Collection[str]:
    """Return what the rows bring that makes a strategy apply by itself.

    Rows without a label count where there are as many of them as of labelled ones: each fit on them
    takes several times as long as one of plain.

    Args:
        dataset: The rows.
    """
    labelled, free = _counts(dataset)
    found = [UNLABELLED] if free >= labelled and not_tried(labelled, free) is None else []
    return [*found, HIDDEN_COLUMNS] if dataset.training_only is not None else found


def check_asked(dataset: Dataset, strategies: Sequence[str], plain: str) -> None:
    """Raise `ComparisonError` for a strategy that does not exist or does not suit the rows.

    Args:
        dataset: The rows.
        strategies: Those that are asked for.
        plain: The plain models.
    """
    known = [name for name, one in CONTENDERS.items() if one.role == "strategy"]
    for name in strategies:
        if name not in known:
            raise ComparisonError(f"compare knows no strategy {name!r}.{did_you_mean(name, known)}")
        reason = _unsuited(dataset, name, plain)
        if reason is not None:
            raise ComparisonError(f"The strategy {name!r} {reason}.")


def _unsuited(dataset: Dataset, name: str, plain: str) -> str | None:
    made = CONTENDERS[name]
    if input_kind(dataset) not in made.kinds:
        return "needs labels to read: give " + ("--side" if "sides" in made.kinds else "--label")
    if made.needs == UNLABELLED and (reason := not_tried(*_counts(dataset))) is not None:
        return f"learns from rows whose label cell is empty, and is {reason}"
    if made.needs == HIDDEN_COLUMNS and dataset.training_only is None:
        return "needs columns that prediction lacks: name them with --training-only COL"
    if (name, plain) == ("neighbour-labels", "neighbours"):
        return "is the plain model 'neighbours' beside others: take --plain auto"
    if name == "prior-adjusted" and len(dataset.numbers) == len(dataset.spec.label_columns):
        return "is for classes and findings; a number has no rare class"
    return None


def _counts(dataset: Dataset) -> tuple[int, int]:
    labelled = int(dataset.labelled.sum())
    return labelled, len(dataset) - labelled
