"""The target known at a coarser level: `predict --known diagnosis=animal`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.data.coarse import classes_below
from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.runs.kept import KeptRun
from labelfeed.sides.tree import Tree

__all__ = ["coarse_known", "within"]


def coarse_known(known: Sequence[str], run: KeptRun) -> tuple[np.ndarray | None, bool, list[str]]:
    """Take what is known of the target at a coarser level out of what the user wrote.

    Args:
        known: What stands after each `--known`.
        run: The run; only one that was trained with a tree has coarser classes.

    Returns:
        The classes that every row may have, bool `(num_classes,)`, or `None`; whether the cells of
        the target's column say it; and the rest of `known`.

    Raises:
        DataError: The tree has no such class.
    """
    if not run.data.get("tree"):
        return None, False, list(known)
    tree, spec, name = Tree(run.data["tree"]), run.spec, run.spec.name
    sets, column, rest = None, False, []
    for item in known:
        label, equals, value = item.partition("=")
        if label.strip() != name:
            rest.append(item)
        elif not equals:
            column = True
        else:
            sets = classes_below(tree, value.strip(), spec)
            if not sets.any():
                hint = did_you_mean(value.strip(), tree.nodes)
                raise DataError(
                    f"--known {item}: expected one coarser class in the tree of {name!r}.{hint}"
                )
            if value.strip() in spec.label_columns[0].names:
                raise DataError(
                    f"--known {item}: {value.strip()!r} is a class of {name!r} itself: "
                    "nothing is left to predict. Expected a coarser one."
                )
    return sets, column, rest


def within(
    probabilities: np.ndarray, sets: np.ndarray | None, column: bool, dataset: Dataset
) -> tuple[np.ndarray, int]:
    """Return probabilities given what is known coarsely, and of how many rows something is.

    Args:
        probabilities: `(n, num_classes)`.
        sets: As `coarse_known` returns it; a cell of the column wins over it.
        column: As `coarse_known` returns it.
        dataset: The rows.
    """
    allowed = np.zeros(probabilities.shape, bool) if sets is None else np.tile(
        sets, (len(probabilities), 1)
    )  # fmt: skip
    if column and dataset.coarse is not None:
        told = dataset.coarse.allowed
        allowed = np.where(told.any(axis=1, keepdims=True), told, allowed)
    known: np.ndarray = allowed.sum(axis=1) > 0
    own = np.where(allowed, np.maximum(probabilities, 1e-12), 0.0)
    own /= np.maximum(own.sum(axis=1, keepdims=True), 1e-12)
    return np.where(known[:, None], own, probabilities), int(known.sum())
