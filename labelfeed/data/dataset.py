"""Rows as they stand in a file, with encoded labels: what every loader returns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from labelfeed.data.spellings import Spelling
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.errors import CellError
from labelfeed.labels.nearest import nearest
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Features

__all__ = [
    "Coarse",
    "DataError",
    "Dataset",
    "Numbers",
    "Readings",
    "Sides",
    "check_group",
    "did_you_mean",
]


class DataError(CellError):
    """A data file that cannot be used; names file, row and column where it can, see `CellError`."""

    row_word = "Data row"


@dataclasses.dataclass(frozen=True)
class Sides:
    """Side labels of rows: known at inference, not the target.

    Args:
        specs: `LabelSpec` of each, all single.
        ids: int32 array of shape `(n, number of specs)`, -1 unknown.
        numbers: By name, `(n,)` with NaN for unknown, of those whose ranges training rows shall
            cut anew.
        spellings: What each spelling was read as, with counts.
    """

    specs: tuple[LabelSpec, ...] = ()
    ids: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros((0, 0), np.int32))
    numbers: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
    spellings: tuple[Spelling, ...] = ()

    def columns(self) -> dict[str, np.ndarray]:
        """Return the ids of each side label, `(n,)`, by its name."""
        return {spec.name: self.ids[:, k] for k, spec in enumerate(self.specs)}

    def take(self, rows: np.ndarray | slice) -> Sides:
        """Return the side labels of the given rows."""
        if not self.specs:
            return self
        numbers = {name: values[rows] for name, values in self.numbers.items()}
        return dataclasses.replace(self, ids=self.ids[rows], numbers=numbers)


@dataclasses.dataclass(frozen=True)
class Numbers:
    """A label column of numbers.

    Args:
        values: `(n,)`, NaN where unknown.
        ranges: How many ranges the training rows shall be cut into; or the cut points.
    """

    values: np.ndarray
    ranges: int | tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class Readings:
    """What several annotators say about one label.

    Args:
        names: Their columns.
        ids: int32 array `(n, R)`: the class that each gives, -1 unknown.
        agreed: int32 array `(n,)`: what they agree on, -1 where none labels a row.
    """

    names: tuple[str, ...]
    ids: np.ndarray
    agreed: np.ndarray

    def take(self, rows: np.ndarray | slice) -> Readings:
        """Return what is said about the given rows."""
        return dataclasses.replace(self, ids=self.ids[rows], agreed=self.agreed[rows])


@dataclasses.dataclass(frozen=True)
class Coarse:
    """Labels of rows whose class is known at a coarser level of a tree only.

    Args:
        parents: The tree, `labelfeed.Tree(parents)`.
        nodes: Its nodes above the classes that cells name.
        at: int array `(n,)`: which node a row is labelled with, -1 for none.
        sets: bool `(nodes, num_classes)`: the classes below each node; none where it tells nothing.
    """

    parents: Mapping[str, str]
    nodes: tuple[str, ...]
    at: np.ndarray
    sets: np.ndarray

    @property
    def allowed(self) -> np.ndarray:
        """bool `(n, num_classes)`: the classes that a row may have; none where nothing is told."""
        return np.concatenate([self.sets, np.zeros((1, self.sets.shape[1]), bool)])[self.at]

    @property
    def known(self) -> np.ndarray:
        """bool `(n,)`: whether a row is labelled coarsely."""
        known: np.ndarray = self.allowed.sum(axis=1) > 0
        return known

    def take(self, rows: np.ndarray | slice) -> Coarse:
        """Return what is known of the given rows."""
        return dataclasses.replace(self, at=self.at[rows])


@dataclasses.dataclass(frozen=True)
class Dataset:
    """Raw features, encoded labels and row ids of one file or folder.

    Args:
        kind: `"table"`, `"arrays"` or `"images"`: where the rows came from.
        features: Raw features: a pandas DataFrame of n rows (table), or an array of shape
            `(n, d)` or `(n, height, width, channels)`. A `Preprocessor` turns them into numbers.
        labels: int32 array of shape `(n,)` (single) or `(n, num_labels)` (multi), -1 unknown.
        spec: What the labels may be.
        row_ids: Array of shape `(n,)`: data row numbers from 1, file names, or an id column.
        source: The path as the user wrote it, for messages.
        label_names: Names of the label columns that the file has; empty for unlabelled files.
        notes: What the user should know (dropped columns, skipped files, ...), a line each.
        sides: Side labels of the rows; none by default.
        fingerprint: `labelfeed.data.loading.fingerprint` of the file just before it was read;
            empty where nobody took it.
        white: Value that is white in the pictures of 16 bits; `None` where there are none.
        weights: float32 weights of rows `(n,)` or of labels `(n, num_labels)`; `None`: all 1.
        dates: Columns that were read as dates on request, and how each is written; see
            `labelfeed.data.dates.read_dates`.
        groups: Group of each row (a patient, say), `(n,)`; rows of one never stand on two sides of
            a split. A row whose group is missing stands alone; `None` where there are no groups.
        group_name: What the column of groups is called.
        soft: float32 array in the shape of `labels` with the soft targets of uncertain cells, NaN
            elsewhere; those are -1 in `labels`, so that no score counts them. `None`: there are
            none.
        cells: What was declared of cells that are no plain values.
        spellings: What each spelling was read as, with counts.
        numbers: By name the label columns that are numbers; `labels` holds their ranges.
        readings: What several annotators say, from which training rows learn in place of `labels`.
        training_only: Raw columns that are there in training alone, no features; `None`: there are
            none.
        coarse: The tree of the classes, and the rows that are labelled coarsely; `None`: no tree.
    """

    kind: Literal["table", "arrays", "images"]
    features: Features
    labels: np.ndarray
    spec: LabelSpec
    row_ids: np.ndarray
    source: str
    label_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sides: Sides = dataclasses.field(default_factory=Sides)
    white: int | None = None
    fingerprint: str = ""
    weights: np.ndarray | None = None
    dates: tuple[str, ...] = ()
    groups: np.ndarray | None = None
    group_name: str = ""
    soft: np.ndarray | None = None
    cells: CellRules = dataclasses.field(default_factory=CellRules)
    spellings: tuple[Spelling, ...] = ()
    numbers: Mapping[str, Numbers] = dataclasses.field(default_factory=dict)
    readings: Readings | None = None
    training_only: pd.DataFrame | None = None
    coarse: Coarse | None = None

    def __post_init__(self) -> None:
        """Check that features, labels, side labels and row ids have the same number of rows."""
        lengths = {len(self.features), len(self.labels), len(self.row_ids)}
        lengths |= {len(self.sides.ids)} if self.sides.specs else set()
        lengths |= {len(self.groups)} if self.groups is not None else set()
        if len(lengths) != 1:
            raise DataError(
                f"{self.source}: {len(self.features)} rows of features, {len(self.labels)} of "
                f"labels and {len(self.row_ids)} row ids; expected as many of each."
            )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.row_ids)

    @property
    def labelled(self) -> np.ndarray:
        """Boolean array of shape `(n,)`: True where at least one label of the row is known."""
        known = self.labels != UNKNOWN
        return known if known.ndim == 1 else known.any(axis=1)

    @property
    def states(self) -> np.ndarray:
        """The labels as int `(n, places)` of 1, 0, -1 (unknown); a single label as one-hot."""
        single = self.spec.kind == "single"
        return self.spec.label_columns[0].labels(self.labels) if single else self.labels

    @property
    def targets(self) -> np.ndarray:
        """What to train on: `labels`; with soft targets float32, NaN where unknown.

        With coarse labels float32 `(n, num_classes)`: even shares of the classes that a row may
        have, 0 where nothing is known.
        """
        if self.coarse is not None and self.coarse.known.any():
            one_hot = np.eye(self.spec.num_classes + 1)[self.labels][:, :-1]
            allowed = np.where((self.labels == UNKNOWN)[:, None], self.coarse.allowed, one_hot)
            count = np.maximum(allowed.sum(axis=1, keepdims=True), 1)
            return (allowed / count).astype(np.float32)
        if self.soft is None:
            return self.labels
        known = self.labels != UNKNOWN
        return np.where(known, self.labels, self.soft).astype(np.float32)

    def take(self, rows: np.ndarray | Sequence[int] | slice) -> Dataset:
        """Return the dataset of the given rows (positions, mask or slice), in that order."""
        if not isinstance(rows, slice):
            rows = np.asarray(rows)
            rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        features = self.features
        features = features.iloc[rows] if hasattr(features, "iloc") else features[rows]
        return dataclasses.replace(
            self,
            features=features,
            labels=self.labels[rows],
            row_ids=self.row_ids[rows],
            sides=self.sides.take(rows),
            weights=None if self.weights is None else self.weights[rows],
            groups=None if self.groups is None else self.groups[rows],
            soft=None if self.soft is None else self.soft[rows],
            numbers={
                name: dataclasses.replace(number, values=number.values[rows])
                for name, number in self.numbers.items()
            },
            readings=None if self.readings is None else self.readings.take(rows),
            training_only=None if self.training_only is None else self.training_only.iloc[rows],
            coarse=None if self.coarse is None else self.coarse.take(rows),
        )


def check_group(group: str | None, names: Sequence[str], what: str) -> None:
    """Raise `DataError` if the column of groups is also a target or a side label."""
    if group is not None and group in names:
        raise DataError(f"{group!r} cannot be both the group and a {what}.")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `" Did you mean 'x'?"`, or the known names when none is close.

    Example:
        >>> did_you_mean("clas", ["class", "age"])
        " Did you mean 'class'?"
    """
    names = [str(k) for k in known]
    close = nearest(name, names)
    if close is not None:
        return f" Did you mean {close!r}?"
    shown = ", ".join(repr(k) for k in names[:12])
    return f" There are: {shown}{', ...' if len(names) > 12 else ''}."
