"""What a model was trained on, as numbers: so that a later file is found to hold it again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.archive import read_archive
from labelfeed.data.dataset import DataError
from labelfeed.data.duplicates import find_duplicates, is_identifier, row_hashes
from labelfeed.types import Cells, Features

__all__ = ["Overlap", "SeenRows"]


@dataclasses.dataclass(frozen=True)
class Overlap:
    """Which of some rows a model was trained on, or on others of their group.

    Attributes:
        of: Rows that were looked at.
        rows: Those whose features equal those of a training row.
        group_rows: Those whose group has training rows.
        groups: These groups.
        group_name: What the column of groups is called.
    """

    of: int
    rows: int = 0
    group_rows: int = 0
    groups: tuple[str, ...] = ()
    group_name: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """A line for the groups and one for the rows that stand on both sides."""
        lines = []
        if self.groups:
            shown = ", ".join(self.groups[:3]) + (", ..." if len(self.groups) > 3 else "")
            lines.append(
                f"groups by {self.group_name!r} with rows in training too: {len(self.groups):,} "
                f"({shown}), {self.group_rows:,} of {self.of:,} rows"
            )
        if self.rows:
            lines.append(f"{self.rows:,} of {self.of:,} rows equal a training row in all features")
        return tuple(lines)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        return {**dataclasses.asdict(self), "groups": list(self.groups)}


@dataclasses.dataclass(frozen=True)
class SeenRows:
    """Hashes of the rows and groups that a model was trained on (or stopped early by).

    Equal rows that are equal by chance, or very frequent (see `find_duplicates`), are not kept: it
    would tell nothing to meet them again. Hashes are plain: who has a row or the name of a group
    can tell whether it was trained on.

    Args:
        rows: Sorted uint64 hashes of rows.
        groups: Sorted uint64 hashes of groups.
        columns: Columns of a table that the hashes are of; `None` for arrays.

    Example:
        >>> seen = SeenRows.of(np.array([[1.5, 2], [3.5, 4]]), ["p1", "p2"])
        >>> found = seen.overlap(np.array([[3.5, 4], [5.5, 6]]), ["p9", "p2"], "patient")
        >>> found.rows, found.groups
        (1, ('p2',))
    """

    rows: np.ndarray
    groups: np.ndarray
    columns: tuple[str, ...] | None = None

    @classmethod
    def of(
        cls,
        features: Features,
        groups: Cells | None = None,
        columns: Sequence[str] | None = None,
    ) -> SeenRows:
        """Return the hashes of training rows.

        Args:
            features: Raw features: a DataFrame, or an array of shape `(n, ...)`.
            groups: Group of each row, of any type; missing ones count for nothing.
            columns: Columns of a DataFrame that count, those but identifiers; all when `None`.
        """
        if isinstance(features, pd.DataFrame):
            columns = [str(c) for c in (features.columns if columns is None else columns)]
            columns = [c for c in columns if not is_identifier(features[c])]
        found = find_duplicates(features, columns)
        hashes = row_hashes(features, columns)
        if found.by_chance:
            hashes = hashes[:0]
        elif found.frequent:
            _, inside, counts = np.unique(hashes, return_inverse=True, return_counts=True)
            hashes = hashes[(counts[inside] == 1) | (np.bincount(found.ids)[found.ids] > 1)]
        names = _group_hashes(groups)
        kept = None if columns is None else tuple(columns)
        if kept == ():  # nothing is left to be equal in
            hashes = hashes[:0]
        return cls(np.unique(hashes), np.unique(names[names != 0]), kept)

    @classmethod
    def none(cls) -> SeenRows:
        """Return what a model has seen of which nobody knows what it was trained on."""
        return cls(np.zeros(0, np.uint64), np.zeros(0, np.uint64), ())

    def overlap(
        self, features: Features, groups: Cells | None = None, group_name: str = "groups"
    ) -> Overlap:
        """Return which of these rows, or others of their groups, were trained on.

        Args:
            features: Raw features, as for `of`.
            groups: Group of each row.
            group_name: What the column of groups is called.
        """
        if isinstance(features, pd.DataFrame) and set(self.columns or ()) - set(features.columns):
            equal = np.zeros(len(features), bool)  # rows that the model cannot read either
        else:
            equal = np.isin(row_hashes(features, self.columns), self.rows)
        names = _group_hashes(groups)
        met = np.isin(names, self.groups) & (names != 0)
        found = () if groups is None else pd.unique(pd.Series(groups)[met].map(_named))
        return Overlap(
            len(features), int(equal.sum()), int(met.sum()), tuple(map(str, found)), group_name
        )

    def save(self, path: Path) -> None:
        """Write an npz."""
        arrays = {"rows": self.rows, "groups": self.groups}
        if self.columns is not None:
            arrays["columns"] = np.array(self.columns, dtype="U")
        np.savez(path, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> SeenRows:
        """Read what `save` wrote.

        Raises:
            DataError: The file is broken, or of something else.
        """
        found = read_archive(path, ("rows", "groups", "columns"))
        rows, groups, columns = (found.get(name) for name in ("rows", "groups", "columns"))
        for array in (rows, groups):
            if array is None or array.dtype != np.uint64 or array.ndim != 1:
                raise DataError(f"{path}: expected hashes as uint64 arrays 'rows' and 'groups'.")
        if columns is not None and (columns.dtype.kind != "U" or columns.ndim != 1):
            raise DataError(f"{path}: expected names of columns as text.")
        kept = None if columns is None else tuple(map(str, columns))
        return cls(rows, groups, kept)  # type: ignore[arg-type]


def _group_hashes(groups: Cells | None) -> np.ndarray:
    """Return a hash of each group, 0 where it is missing."""
    if groups is None:
        return np.zeros(0, np.uint64)
    column = pd.Series(groups).map(_named)
    codes, names = pd.factorize(column, use_na_sentinel=True)
    hashes = row_hashes(pd.DataFrame({"group": np.asarray(names, dtype=object)}))
    return np.append(hashes, np.uint64(0))[codes]


def _named(cell: object) -> str | None:
    """Return a group as text, 7.0 as 7; `None` where it is missing."""
    if cell is None or cell is pd.NA or cell != cell:
        return None
    if isinstance(cell, (float, np.floating)) and cell == int(cell):
        cell = int(cell)
    return str(cell).strip() or None
