"""The rows that tuning may use, the training rows of the run alone, and their folds."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.comparison.rows import enough_rows
from labelfeed.data.dataset import Dataset
from labelfeed.data.folds import group_folds
from labelfeed.data.label_numbers import fitted_numbers
from labelfeed.data.sides import prepare_sides
from labelfeed.tuning.errors import TuningError

__all__ = ["TuningRows", "tuning_rows"]

_MANY = 2000  # rows, from which on fewer folds say as much


@dataclasses.dataclass(frozen=True, eq=False)
class TuningRows:
    """Rows to tune on.

    Args:
        dataset: The training rows of the run, raw.
        groups: `(n,)`: rows of one group never stand on two sides of a fold; or `None`.
        folds: Number of folds.
        seed: Of how they are dealt.
    """

    dataset: Dataset
    groups: np.ndarray | None
    folds: int
    seed: int

    def split(self, fold: int) -> tuple[Dataset, Dataset]:
        """Return the rows to learn from and those to score, none of one group in both.

        Args:
            fold: From 0; after `folds` of them the rows are dealt anew.
        """
        again, number = divmod(fold, self.folds)
        labelled = np.flatnonzero(self.dataset.labelled)
        own = None if self.groups is None else self.groups[labelled]
        dealt = group_folds(
            self.dataset.labels[labelled], own, self.folds, self.seed + 1000 * again
        )
        held = labelled[dealt == number]
        inside = np.zeros(len(self.dataset), bool)
        inside[held] = True
        if self.groups is not None:  # rows without a label go with their group
            inside = np.isin(self.groups, self.groups[held])
        return self.dataset.take(np.flatnonzero(~inside)), self.dataset.take(held)


def tuning_rows(
    dataset: Dataset,
    train: np.ndarray,
    groups: np.ndarray | None,
    *,
    seed: int = 0,
    folds: int | None = None,
    with_sides: bool = False,
) -> TuningRows:
    """Return the rows that may be used.

    Args:
        dataset: All rows.
        train: Positions of those that are not for testing.
        groups: `(n,)` of all rows, or `None`.
        seed: Of the folds.
        folds: How many; `None`: 5, from 2,000 rows on and for pictures 3.
        with_sides: Whether side labels are read.

    Raises:
        TuningError: They are too few.
        SideLeakError: A side label is the target, or determines it.
    """
    # Ranges of numbers are cut once: scores of other cuts could not be compared.
    dataset, _ = fitted_numbers(dataset, train)
    edges = {column.name: column.number for column in dataset.spec.label_columns}
    fixed = {
        name: dataclasses.replace(number, ranges=tuple(edges[name].edges))  # type: ignore[union-attr]
        for name, number in dataset.numbers.items()
    }
    dataset = dataclasses.replace(dataset, numbers=fixed)
    if with_sides and dataset.sides.specs:
        dataset, _ = prepare_sides(dataset, train)
        sides = dataclasses.replace(dataset.sides, numbers={})
        dataset = dataclasses.replace(dataset, sides=sides)
    rows = dataset.take(train)
    own = None if groups is None else groups[train]
    if reason := enough_rows(rows):
        raise TuningError(
            f"Too few training rows to choose settings by: {reason.replace('an interval', 'it')}. "
            "Keep the defaults."
        )
    many = len(rows) >= _MANY or np.ndim(rows.features) > 2
    wanted = folds or (3 if many else 5)
    labelled = rows.labelled
    units = int(labelled.sum()) if own is None else len(np.unique(own[labelled]))
    if wanted < 2 or units < wanted:
        raise TuningError(
            f"{wanted} folds need at least 2, and as many groups of rows; there are {units}."
        )
    return TuningRows(rows, own, wanted, seed)
