"""Rows of which a label was never asked: gaps that coincide with a source, or a block of rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from labelfeed.data.dataset import Dataset
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.nearest import listed

__all__ = ["Gap", "find_gaps", "gap_notes"]

_LEAST_ROWS = 20  # without a label, in one group
_LEAST_KNOWN = 0.2  # share of the other rows whose label is known
_CHANCE = 1e-6  # of such a gap by chance
_MOST_VALUES = 50  # of a column that may be a source
_PEEK = 2000


@dataclasses.dataclass(frozen=True)
class Gap:
    """Labels that no row of a group has, though other rows have them.

    Args:
        labels: Names of the label columns.
        column: What the rows have in common: a feature or side column; `None` for a block of rows.
        values: Its values there, `""` for empty cells.
        rows: How many rows these are.
        first: First row of a block, from 1.
        last: Its last row.
    """

    labels: tuple[str, ...]
    column: str | None
    values: tuple[str, ...]
    rows: int
    first: int = 0
    last: int = 0

    def __str__(self) -> str:
        """Return it as one line."""
        verb = "is" if len(self.labels) == 1 else "are"
        if self.column is None:
            where = f"in the rows {self.first} to {self.last}"
        elif self.values == ("",):
            where = f"where {self.column!r} is empty"
        else:
            shown = listed([value or "(empty)" for value in self.values], 4)
            where = f"where {self.column!r} is {shown.replace(', ', ' or ')}"
        return (
            f"{listed(self.labels, 4)} {verb} never known {where} ({self.rows} rows): not asked "
            "there? Nothing is learned or scored of it in such rows, and a model can tell them by "
            "their gaps"
        )


def gap_notes(dataset: Dataset) -> tuple[str, ...]:
    """Return one line about the gap with the most rows, and how many more there are; or none."""
    gaps = find_gaps(dataset)
    if not gaps:
        return ()
    more = f" ({len(gaps) - 1} more such groups of rows)" if len(gaps) > 1 else ""
    return (f"{gaps[0]}{more}",)


def find_gaps(dataset: Dataset) -> tuple[Gap, ...]:
    """Return the groups of rows of which some label was never asked, the largest first.

    A group is one value of a column of up to 50 different ones, the empty cells of any column, or,
    for several labels, a block of rows. Its 20 or more rows have not one label of a column that at
    least a fifth of the others have, so that chance alone would hardly do that (p < 1e-6).

    Args:
        dataset: New rows; their features as a DataFrame, and their side labels, are looked at.

    Example:
        >>> from labelfeed.labels.spec import LabelSpec
        >>> site = pd.DataFrame({"site": ["A", "B"] * 40})
        >>> labels = np.tile([[1, 0], [0, -1]], (40, 1))
        >>> spec = LabelSpec.multi(["cough", "fever"])
        >>> rows = Dataset("table", site, labels, spec, np.arange(80), "f")
        >>> [(gap.labels, gap.column, gap.values, gap.rows) for gap in find_gaps(rows)]
        [(('fever',), 'site', ('B',), 40)]
    """
    columns = dataset.spec.label_columns
    known = {column.name: column.ids(dataset.labels) != UNKNOWN for column in columns}
    known = {name: mask for name, mask in known.items() if 0 < mask.sum() < len(mask)}
    found: dict[str, Gap] = {}  # by label that with the most rows
    for column, codes, values in _groups(dataset) if known else ():
        sizes = np.bincount(codes, minlength=len(values))
        for name, mask in known.items():
            empty = _never_known(mask, codes, sizes)
            rows = int(sizes[empty].sum())
            if len(empty) and rows > (found[name].rows if name in found else 0):
                found[name] = Gap((name,), column, tuple(values[i] for i in empty), rows)
    if len(columns) > 1:
        for name in known.keys() - found.keys():
            block = _block(known[name])
            if block is not None:
                found[name] = Gap((name,), None, (), block[1] - block[0], block[0] + 1, block[1])
    together: dict[Gap, list[str]] = {}
    for name in known:
        if name in found:
            together.setdefault(dataclasses.replace(found[name], labels=()), []).append(name)
    gaps = [dataclasses.replace(gap, labels=tuple(names)) for gap, names in together.items()]
    return tuple(sorted(gaps, key=lambda gap: -gap.rows * len(gap.labels)))


def _groups(dataset: Dataset) -> Iterator[tuple[str, np.ndarray, Sequence[str]]]:
    """Yield columns as codes `(n,)` and the values that these stand for."""
    for spec, ids in zip(dataset.sides.specs, dataset.sides.ids.T, strict=True):
        yield spec.name, ids + 1, ["", *map(spec.name_of, range(spec.num_classes))]
    if not isinstance(dataset.features, pd.DataFrame):
        return
    for name in dataset.features.columns:
        column = dataset.features[name]
        missing = column.isna()
        try:
            few = column.iloc[:_PEEK].nunique() <= _MOST_VALUES
            codes, values = pd.factorize(column) if few else (np.zeros(len(column), int), [])
        except TypeError:  # lists and the like
            continue
        if len(values) > _MOST_VALUES or not few:
            codes, values = np.where(missing, -1, 0), ["any"]
        yield str(name), codes + 1, ["", *map(str, values)]


def _never_known(known: np.ndarray, codes: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the codes of groups without one known label, where that cannot be by chance."""
    there = np.bincount(codes, weights=known, minlength=len(sizes))
    without = (there == 0) & (sizes >= _LEAST_ROWS)
    outside = len(known) - int(sizes[without].sum())
    if not without.any() or not outside or known.sum() / outside < _LEAST_KNOWN:
        return np.zeros(0, int)
    share = known.sum() / outside
    return np.flatnonzero(without & (len(sizes) * (1 - share) ** sizes < _CHANCE))


def _block(known: np.ndarray) -> tuple[int, int] | None:
    """Return start and end of the longest run of unknown labels, unless chance may make it."""
    ends = np.flatnonzero(np.diff(np.concatenate([[True], known, [True]]).astype(int)))
    starts, stops = ends[::2], ends[1::2]
    longest = int(np.argmax(stops - starts))
    start, stop = int(starts[longest]), int(stops[longest])
    share = known.sum() / max(len(known) - (stop - start), 1)
    certain = len(known) * (1 - share) ** (stop - start) < _CHANCE
    if stop - start < _LEAST_ROWS or share < _LEAST_KNOWN or not certain:
        return None
    return start, stop
