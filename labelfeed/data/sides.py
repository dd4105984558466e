"""Side columns: labels that are known at inference and are not the target."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from labelfeed.data.classes import natural
from labelfeed.data.dataset import DataError, Dataset, Sides
from labelfeed.data.label_cells import class_cells
from labelfeed.data.labelling import as_text
from labelfeed.data.odd_cells import cell_notes
from labelfeed.data.side_numbers import (
    fitted_ranges,
    known_ranges,
    number_spec,
    numbers_of,
    without_missing,
)
from labelfeed.data.spellings import Spelling
from labelfeed.data.unseen import meant
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import NO_RULES, UNKNOWN
from labelfeed.labels.nearest import nearest
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.findings import check_sides
from labelfeed.sides.values import complete_sides
from labelfeed.types import Cells

__all__ = ["SideRanges", "prepare_sides", "read_sides", "side_names"]

SideRanges = Mapping[str, int | Sequence[float]]
"""By side column of numbers how many ranges, 0 for none, or the cut points between them."""

_MOST_CLASSES = 20


def side_names(sides: Sequence[str | LabelSpec]) -> list[str]:
    """Return the column names of side labels.

    Args:
        sides: Names, or specs of a saved run.

    Raises:
        DataError: A name stands there twice.
    """
    names = [side if isinstance(side, str) else side.name for side in sides]
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"The side column {name!r} is named twice.")
    return names


def read_sides(
    columns: Mapping[str, Cells],
    sides: Sequence[str | LabelSpec],
    rows: int,
    others: Iterable[str] = (),
    ranges: SideRanges | None = None,
    cells: CellRules = NO_RULES,
) -> tuple[Sides, tuple[str, ...]]:
    """Return encoded side columns, and what the user should know about them.

    Every value is a class, compared as text (1, 1.0 and "1" are one class); of a column of many
    different numbers (`number_spec`) every range. By name, the classes are the values found; a
    column without two of them is left out. By the spec of a saved run, a value that it does not
    know is unknown, and so is a column that is not there: a side label is never needed.

    Args:
        columns: Raw values by column name, of the columns that are there.
        sides: Column names of new data, or the specs of a saved run.
        rows: Number of rows.
        others: Names of other columns, of which one may be a side column that was renamed.
        ranges: By side column the number of its ranges (0: each value is a class), or cut points.
        cells: Which words are missing and which are kept.

    Returns:
        The `Sides`, and notes.

    Raises:
        DataError: A new column looks like an identifier or like text, or ranges are wanted of no
            numbers.

    Example:
        >>> found, notes = read_sides({"scanner": ["A", "", "B"]}, ["scanner"], 3)
        >>> found.specs[0].names, found.ids.tolist()
        (('A', 'B'), [[0], [-1], [1]])
        >>> read_sides({"scanner": ["A", "C", "C"]}, found.specs, 3)[1]
        ("side column 'scanner': 2 of 3 rows hold a value unseen in training ('C'): unknown",)
    """

    def hint(name: str) -> str:
        close = nearest(name, others)
        return f" (did you mean {close!r}?)" if close else ""

    specs: list[LabelSpec] = []
    given: dict[str, list[str | None] | np.ndarray] = {}
    notes: list[str] = []
    numbers: dict[str, np.ndarray] = {}
    for name in ranges or ():
        if name not in side_names(sides):
            raise DataError(f"ranges are given for no label and no side column: {name!r}.")
    spellings: tuple[Spelling, ...] = ()
    for side, name in zip(sides, side_names(sides), strict=True):
        named = None if isinstance(side, str) else side.names
        wanted = (ranges or {}).get(name)
        number = None
        if isinstance(side, str):
            number = number_spec(without_missing(columns[name], cells), name, wanted)
        if number is not None:
            specs.append(number[0])
            given[name] = number[1]
            minus = pd.to_numeric(pd.Series(columns[name]), errors="coerce").to_numpy() == -1
            if count := int((minus & np.isnan(number[1])).sum()):
                notes.append(f"side column {name!r}: -1 in {count} rows taken as unknown")
            if not isinstance(wanted, Sequence):
                numbers[name] = number[1]
            continue
        if not isinstance(side, str) and side.edges and name in columns:
            specs.append(side)
            values = without_missing(columns[name], cells)
            given[name], other = numbers_of(values, side.edges[0] <= 0)
            notes += _unseen(name, [str(cell) for cell in values[other]], rows, ())
            continue
        texts = None
        if name in columns:
            texts, read = class_cells(name, as_text(columns[name]), cells, named)
            spellings += read
        if isinstance(side, str):
            classes = sorted({t for t in texts if t is not None}, key=natural)  # type: ignore[union-attr]
            if len(classes) < 2:
                notes.append(_useless(name, classes))
                continue
            if wanted is None:
                _check_values(name, classes, texts)  # type: ignore[arg-type]
            spec = LabelSpec.single(classes, name=name)
            notes += cell_notes(name, texts, "side column")  # type: ignore[arg-type]
        else:
            spec = side
        specs.append(spec)
        if texts is None:
            notes.append(f"there is no side column {name!r}: unknown in every row{hint(name)}")
            continue
        known = {spec.name_of(i) for i in range(spec.num_classes)}
        unseen = [t for t in texts if t is not None and t not in known]
        notes += _unseen(name, unseen, rows, known)
        given[name] = [t if t in known else None for t in texts]
    ids = complete_sides(specs, given, rows)
    stacked = np.stack(ids, axis=1) if ids else np.zeros((rows, 0), np.int32)
    return Sides(tuple(specs), stacked, numbers, spellings), tuple(notes)


def prepare_sides(
    dataset: Dataset, train: np.ndarray, *, checked: bool = True
) -> tuple[Dataset, tuple[str, ...]]:
    """Return the data set with side labels that can be trained on, after checking them.

    Classes that no training row has become unknown: nothing is learned about them. Ranges of a
    number are cut where the training rows say. A side label with fewer than two classes in the
    training rows is left out.

    Args:
        dataset: Rows with side labels.
        train: Positions of the training rows.
        checked: Whether side labels that give the target away are refused.

    Returns:
        The data set, and notes: what is left out, and the warnings of `check_sides`.

    Raises:
        SideLeakError: A side label is the target, or determines it.
        DataError: No side label is left.
    """
    specs: list[LabelSpec] = []
    ids: list[np.ndarray] = []
    notes: list[str] = []
    for spec, column in zip(dataset.sides.specs, dataset.sides.ids.T, strict=True):
        if spec.name in dataset.sides.numbers:
            numbers = dataset.sides.numbers[spec.name]
            cut = fitted_ranges(numbers, spec, train)
            if cut is not None:
                spec, column = cut, cut.encode(numbers)
        seen = np.unique(column[train][column[train] != UNKNOWN])
        names = [spec.name_of(int(i)) for i in seen]
        if len(seen) < 2:
            notes.append(_useless(spec.name, names, "training row"))
            continue
        if spec.edges:
            left, place = known_ranges(spec, seen)
            specs.append(left)
            notes.append(_in_ranges(left, spec.name in dataset.sides.numbers))
        else:
            place = np.full(spec.num_classes + 1, UNKNOWN, np.int32)  # the last: unknown
            place[seen] = np.arange(len(seen))
            specs.append(LabelSpec.single(names, name=spec.name))
        ids.append(place[column])
    if not specs:
        raise DataError(
            f"{dataset.source}: no side column is left to train with: {'; '.join(notes)}."
            if notes
            else f"{dataset.source}: the strategy 'side-label' needs a side column (--side COL)."
        )
    for column in dataset.spec.label_columns if checked else ():
        target = LabelSpec.single(column.names, name=column.name)
        found = check_sides(target, column.ids(dataset.labels), specs, ids, fail=True)
        notes += [f.why for f in found if f.verdict != "ok"]
    sides = Sides(tuple(specs), np.stack(ids, axis=1), spellings=dataset.sides.spellings)
    return dataclasses.replace(dataset, sides=sides), tuple(dict.fromkeys(notes))


def _in_ranges(spec: LabelSpec, chosen: bool) -> str:
    option = shlex.quote(f"{spec.name}=0")
    how = f" (--ranges {option}: a class for each)" if chosen else ""
    return f"side column {spec.name!r}: numbers in ranges {', '.join(spec.names or ())}{how}"


def _unseen(name: str, values: list[str], rows: int, known: Iterable[str]) -> list[str]:
    if not values:
        return []
    what = "a value unseen in training" if known else "no number"
    shown = meant(dict.fromkeys(values), known)
    return [f"side column {name!r}: {len(values)} of {rows} rows hold {what} ({shown}): unknown"]


def _check_values(name: str, classes: Sequence[str], texts: np.ndarray) -> None:
    """Refuse a column of which nearly every row has another value."""
    count = sum(text is not None for text in texts)
    if len(classes) > _MOST_CLASSES and len(classes) > 0.5 * count:
        raise DataError(
            f"the side column {name!r} has {len(classes)} different values in {count} rows (for "
            f"example {classes[0]!r}): an identifier or text, of which new rows have other values. "
            "Leave it out, or make groups of it first."
        )


def _useless(name: str, classes: Sequence[str], where: str = "row") -> str:
    if not classes:
        return f"side column {name!r} is empty in every {where}: left out"
    return f"side column {name!r} is {classes[0]!r} in every {where}: it tells nothing, left out"
