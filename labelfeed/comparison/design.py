"""What is compared, on which splits of which rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.folds import group_folds
from labelfeed.data.label_numbers import fitted_numbers
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.sides import prepare_sides
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.known_share import leave_known
from labelfeed.labels.spec import LabelSpec

__all__ = [
    "FOLDS",
    "REPEATS",
    "Design",
    "Point",
    "PreparedSplit",
    "Unlabelled",
    "input_kind",
    "split_of",
]

FOLDS, REPEATS = 5, 5
_SHARES = (0.0, 0.25, 0.5, 0.75)


@dataclasses.dataclass(frozen=True, eq=False)
class Design:
    """All that the result of a split depends on.

    Args:
        dataset: The rows.
        groups: `(n,)`: rows of one group never stand on two sides of a split; or `None`.
        contenders: Names of what is compared, keys of `contenders.CONTENDERS`.
        plain: The plain models under the labels, as `LabelFedClassifier` takes their names.
        known_share: Share of a row's labels that is known where the verdict is made.
        metric: What the verdict is made by.
        by: By column, what stands in it in words, `(n,)`; scores are told for each.
        folds: Parts of the rows, each of which is tested on once a repeat.
        seed: Of splits, models and draws.
    """

    dataset: Dataset
    groups: np.ndarray | None
    contenders: tuple[str, ...]
    plain: str = "auto"
    known_share: float = 0.5
    metric: str = "macro_auc"
    by: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
    folds: int = FOLDS
    seed: int = 0

    @property
    def verdict_point(self) -> str:
        """Where the verdict is made: a key of the points of a split."""
        kind = input_kind(self.dataset)
        return f"{self.known_share:.0%} known" if kind == "labels" else _ALONE[kind]

    @property
    def plan(self) -> list[tuple[int, int]]:
        """Repeat and fold of every split, in the order in which they are made."""
        return [(repeat, fold) for repeat in range(REPEATS) for fold in range(self.folds)]


_ALONE = {"sides": "known", "target": "nothing known"}


@dataclasses.dataclass(frozen=True, eq=False)
class Point:
    """What is known of the test rows, and what is scored then.

    Args:
        known: int `(n, places)`: labels that are known, -1 where not.
        sides: int `(n, side labels)`: side labels that are known.
        scored: Labels as the spec encodes them, -1 where known or missing.
    """

    known: np.ndarray
    sides: np.ndarray
    scored: np.ndarray


@dataclasses.dataclass(frozen=True, eq=False)
class Unlabelled:
    """Prepared training rows without a label.

    Args:
        x: Features, `(m, d)`.
        groups: `(m,)` of them, or `None`.
        weight: `(m,)` of them, or `None`.
    """

    x: np.ndarray
    groups: np.ndarray | None
    weight: np.ndarray | None


@dataclasses.dataclass(frozen=True, eq=False)
class PreparedSplit:
    """Prepared rows of one split.

    Args:
        x: Features of the training rows with a label, `(n, d)`.
        y: Their labels, int `(n, places)` of 1, 0, -1.
        sides: Their side labels, int `(n, side labels)`.
        weight: `(n,)` of them, or `None`.
        groups: `(n,)` of them, or `None`.
        spec: What the labels are.
        side_specs: What the side labels are.
        test: Positions of the test rows in the data set.
        test_x: Their features.
        test_weight: Their weights, or `None`.
        points: By name what is known of them.
        seed: Of what is fitted.
        free: The training rows without a label; `None` where there are none.
        hidden: Training-only features `(n, e)`; `None` where there are none.
    """

    x: np.ndarray
    y: np.ndarray
    sides: np.ndarray
    weight: np.ndarray | None
    groups: np.ndarray | None
    spec: LabelSpec
    side_specs: tuple[LabelSpec, ...]
    test: np.ndarray
    test_x: np.ndarray
    test_weight: np.ndarray | None
    points: dict[str, Point]
    seed: int
    free: Unlabelled | None = None
    hidden: np.ndarray | None = None


def input_kind(dataset: Dataset) -> str:
    """Return what a model could read: `"sides"`, `"labels"`, or of one target alone `"target"`."""
    if dataset.sides.specs:
        return "sides"
    return "labels" if len(dataset.spec.label_columns) > 1 else "target"


def split_of(design: Design, repeat: int, fold: int) -> PreparedSplit:
    """Return a split; everything that is fitted to rows is fitted to its training rows alone.

    Args:
        design: What is compared.
        repeat: Which repeat, from 0; each deals the rows anew.
        fold: Which of its folds is tested on.

    Raises:
        DataError: Features or side labels that cannot be learned from.
        SideLeakError: A side label is the target, or determines it.
    """
    dataset, seed = design.dataset, design.seed + 1000 * repeat
    rows = np.flatnonzero(dataset.labelled)
    of_rows = None if design.groups is None else design.groups[rows]
    folds = group_folds(dataset.labels[rows], of_rows, design.folds, seed)
    test = rows[folds == fold]
    inside = np.zeros(len(dataset), bool)
    inside[test] = True
    if design.groups is not None:  # rows without a label go with their group
        inside = np.isin(design.groups, design.groups[test])
    train = np.flatnonzero(~inside)
    dataset, _ = fitted_numbers(dataset, train)
    if dataset.sides.specs:
        dataset, _ = prepare_sides(dataset, train)
    preprocessor = dataclasses.replace(
        Preprocessor.fit(dataset.take(train).features), missing=dataset.cells.missing
    )
    own, free = train[dataset.labelled[train]], train[~dataset.labelled[train]]
    learned, held = dataset.take(own), dataset.take(test)
    return PreparedSplit(
        preprocessor.transform(learned.features),
        learned.states,
        _sides(learned),
        learned.weights,
        None if design.groups is None else design.groups[own],
        dataset.spec,
        dataset.sides.specs,
        test,
        preprocessor.transform(held.features),
        held.weights,
        _points(held, design.known_share, seed + fold),
        seed + fold,
        _unlabelled(design, preprocessor, dataset, free),
        _hidden(learned),
    )


def _unlabelled(
    design: Design, preprocessor: Preprocessor, dataset: Dataset, free: np.ndarray
) -> Unlabelled | None:
    if not len(free):
        return None
    rows = dataset.take(free)
    groups = None if design.groups is None else design.groups[free]
    return Unlabelled(preprocessor.transform(rows.features), groups, rows.weights)


def _hidden(learned: Dataset) -> np.ndarray | None:
    if learned.training_only is None:
        return None
    try:
        return Preprocessor.fit(learned.training_only).transform(learned.training_only)
    except DataError as error:
        raise DataError(f"Training-only columns (--training-only): {error}") from error


def _points(held: Dataset, known_share: float, seed: int) -> dict[str, Point]:
    kind, y, sides = input_kind(held), held.labels, _sides(held)
    nothing = np.full((len(held), held.spec.num_classes), UNKNOWN)
    if kind != "labels":
        points = {_ALONE[kind]: Point(nothing, sides, y)}
        if kind == "sides":
            points["unknown"] = Point(nothing, np.full_like(sides, UNKNOWN), y)
        return points
    points = {}
    for share in sorted({*_SHARES, known_share}):
        known = leave_known(y, share, seed, held.spec)
        scored = np.where(known == UNKNOWN, y, UNKNOWN)
        points[f"{share:.0%} known"] = Point(known, sides, scored)
    return points


def _sides(rows: Dataset) -> np.ndarray:
    return rows.sides.ids if rows.sides.specs else np.zeros((len(rows), 0), np.int32)
