"""Whole tables of mixed columns as numbers that are about standard normal, and back."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.columns import Category, fit_column
from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.data.described import from_description
from labelfeed.data.labelling import as_text
from labelfeed.data.number_cells import number_cells
from labelfeed.labels.words import MISSING
from labelfeed.synthetic.category_column import CategoryColumn, IdColumn
from labelfeed.synthetic.cells import CellColumn
from labelfeed.synthetic.number_column import DateColumn, NumberColumn
from labelfeed.types import JSON

__all__ = ["TableCodec"]

_KINDS: dict[str, Any] = {
    "number": NumberColumn, "date": DateColumn, "category": CategoryColumn, "id": IdColumn,
}  # fmt: skip
_ID = re.compile(r"(?i)(^|.*[_ .-])(id|uuid|guid|identifier)$|.*[a-z]I[dD]$")
_ROWS_EACH = 3  # of a word, on average; fewer are texts, which nothing can be learned of


@dataclasses.dataclass(frozen=True)
class TableCodec:
    """The columns of a table as numbers, each about standard normal, and back.

    Numbers and dates by their quantiles, values that many rows share (0, whole numbers) kept;
    words one-hot; empty cells with a number that tells so. Constant columns take no numbers and are
    restored; ids are made anew; texts that nearly all differ are left out.

    Args:
        columns: In the order of the table.
        left: Names of the columns that are left out.
        notes: What was made anew or left out, a line each.

    Example:
        >>> rows = pd.DataFrame({"age": ["31", "", "50"], "site": ["A", "B", "A"], "v": ["1"] * 3})
        >>> codec = TableCodec.fit(rows)
        >>> x = codec.encode(rows, seed=0)
        >>> x.shape, codec.decode(x).to_csv(index=False).split()
        ((3, 3), ['age,site,v', '31,A,1', ',B,1', '50,A,1'])
    """

    columns: tuple[CellColumn, ...]
    left: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def fit(
        cls,
        frame: pd.DataFrame,
        *,
        ids: Sequence[str] = (),
        words: Sequence[str] = (),
        dates: Sequence[str] = (),
    ) -> TableCodec:
        """Learn the columns from training rows.

        Args:
            frame: The rows; cells may be text as of a CSV.
            ids: Columns that are ids, whatever they hold.
            words: Columns that are words, whatever they hold: labels.
            dates: How dates are written in the file, `COL=HOW`; such columns are `datetime64` here.

        Raises:
            DataError: No row, or a column that is neither numbers nor words.
        """
        if not len(frame):
            raise DataError("There is no row to learn the columns from.")
        written = {name: how for name, _, how in (item.rpartition("=") for item in dates)}
        made: list[CellColumn] = []
        anew, left = [], {}
        for name in map(str, frame.columns):
            cells = frame[name]
            if name in words:
                column: CellColumn | str = CategoryColumn.fit(cells)
            elif name in ids:
                column = IdColumn.fit(cells)
            else:
                column = _fitted(cells, written.get(name, ""))
            if isinstance(column, str):
                left[name] = column
                continue
            made.append(column)
            if isinstance(column, IdColumn):
                anew.append(f"{name!r}")
        notes = [f"ids, made anew: {', '.join(anew)}"] if anew else []
        if left:
            shown = ", ".join(f"{name!r} ({why})" for name, why in left.items())
            notes.append(f"not generated: {shown}")
        return cls(tuple(made), tuple(left), tuple(notes))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def width(self) -> int:
        """How many numbers stand for a row."""
        return sum(column.width for column in self.columns)

    @property
    def groups(self) -> np.ndarray:
        """int32 `(width,)`: numbers of one cell have one number here; whether it is empty another.

        A cell may be known to hold a value that is not known, so the two are known by themselves.
        """
        sizes = [size for c in self.columns for size in (int(c.flagged), c.width - c.flagged)]
        return np.repeat(np.arange(np.count_nonzero(sizes)), [s for s in sizes if s]).astype(
            "int32"
        )

    def places(self, name: str) -> slice:
        """Return where the numbers of a column stand."""
        at = self.names.index(name)
        start = sum(column.width for column in self.columns[:at])
        return slice(start, start + self.columns[at].width)

    def table(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows of the file with the columns and types of `decode`.

        Args:
            frame: Rows with all columns.
        """
        return pd.DataFrame({c.name: c.typed(frame[c.name]) for c in self.columns})

    def encode(self, frame: pd.DataFrame, seed: int = 0, strict: bool = True) -> np.ndarray:
        """Return float32 `(n, width)` of whole rows.

        Args:
            frame: Rows with all columns.
            seed: Of the numbers that stand for values where cells are empty.
            strict: Whether a word that no training row had is an error; else its cell is empty.

        Raises:
            DataError: A column is missing, or a value does not fit; names row and column.
        """
        for name in self.names:
            if name not in frame.columns:
                raise DataError(f"there is no column {name!r}.{did_you_mean(name, frame.columns)}")
        rng = np.random.default_rng(seed)
        cells = {c.name: frame[c.name] if strict else c.seen(frame[c.name]) for c in self.columns}
        parts = [column.encode(cells[column.name], rng) for column in self.columns]
        return _joined(parts, len(frame))

    def given(self, frame: pd.DataFrame, seed: int = 0) -> np.ndarray:
        """Return `(n, width)` with NaN where a value is to be found: empty cells, absent columns.

        Args:
            frame: Rows of which some cells are filled; columns that are left out are not read.
            seed: As for `encode`.

        Raises:
            DataError: A column is not of the table, or a value does not fit; names row and column.
        """
        for name in frame.columns:
            if name not in (*self.names, *self.left):
                raise DataError(f"there is no column {name!r}.{did_you_mean(name, self.names)}")
        rng = np.random.default_rng(seed)
        parts = []
        for column in self.columns:
            if column.name in frame.columns:
                parts.append(column.given(frame[column.name], rng))
            else:
                parts.append(np.full((len(frame), column.width), np.nan))
        return _joined(parts, len(frame))

    def outside(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """Return a line for each column of numbers whose cells lie beyond those of the rows.

        Args:
            frame: Rows of which some cells are filled.
        """
        lines = []
        for column in self.columns:
            if not isinstance(column, NumberColumn) or column.name not in frame.columns:
                continue
            values, gone = column.read(frame[column.name])
            if not column.values or gone.all():
                continue
            low, high = column.values[0], column.values[-1]
            beyond = int(((values < low) | (values > high)).sum())
            if beyond:
                ends = column.series(column.words(np.array([low, high]))).tolist()
                lines.append(
                    f"{column.name!r}: {beyond} of {len(frame)} values lie outside of the training "
                    f"rows ({ends[0]} to {ends[1]}): taken for the end"
                )
        return tuple(lines)

    def decode(self, x: np.ndarray, *, filled: bool = False) -> pd.DataFrame:
        """Return the rows of numbers.

        Args:
            x: `(n, width)`.
            filled: Whether no cell is left empty, but in columns that have no value at all.
        """
        ends = np.cumsum([column.width for column in self.columns])
        parts = np.split(np.asarray(x), ends[:-1], axis=1)
        return pd.DataFrame({
            column.name: column.decode(part, filled)
            for column, part in zip(self.columns, parts, strict=True)
        })  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """Return the codec as JSON types."""
        columns = [column.to_json() for column in self.columns]
        return {"columns": columns, "left": list(self.left), "notes": list(self.notes)}

    @classmethod
    def from_json(cls, described: JSON) -> TableCodec:
        """Return the codec that `to_json` described.

        Raises:
            ValueError: Something is missing, of another type, or does not fit; says what.
        """
        if not isinstance(described, Mapping) or not isinstance(described.get("columns"), list):
            raise ValueError("expected an object with a list of columns")
        made = []
        for entry in described["columns"]:
            if not isinstance(entry, Mapping) or entry.get("kind") not in list(_KINDS):  # hashable?
                raise ValueError(f"a column must be an object of a kind in {', '.join(_KINDS)}")
            fields = {key: value for key, value in entry.items() if key != "kind"}
            column = from_description(_KINDS[entry["kind"]], fields)
            try:
                if not 0 <= column.missing <= 1:
                    raise ValueError(f"missing must be a share, got {column.missing}")
                column.check()
            except ValueError as error:
                raise ValueError(f"column {column.name!r}: {error}") from error
            made.append(column)
        if len({column.name for column in made}) != len(made):
            raise ValueError("a column stands there twice")
        texts = {key: described.get(key, []) for key in ("left", "notes")}
        for key, found in texts.items():
            if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
                raise ValueError(f"{key} must be a list of texts")
        return cls(tuple(made), tuple(texts["left"]), tuple(texts["notes"]))


def _joined(parts: list[np.ndarray], n: int) -> np.ndarray:
    return np.concatenate([np.zeros((n, 0)), *parts], axis=1).astype(np.float32)


def _fitted(cells: pd.Series, written: str) -> CellColumn | str:
    """Return the column that fits cells, or why it is left out."""
    if cells.dtype.kind == "M":
        return DateColumn.fit(cells, written)
    found = fit_column(cells)
    if isinstance(found, str) and found.endswith("not read"):
        return found
    name, rows = str(cells.name), len(cells)
    if pd.api.types.is_bool_dtype(cells.dtype):
        return CategoryColumn.fit(cells)
    if isinstance(found, Category):
        return CategoryColumn.fit(cells, found.values)
    values, wrong = number_cells(cells)
    if not wrong.any():
        there = values[~np.isnan(values)]
        counted = isinstance(found, str) and "one by one" in found
        whole = bool(np.all(there % 1 == 0)) and len(np.unique(there)) == len(there)
        if counted or (whole and len(there) > 10 and _ID.match(name)):
            return IdColumn.fit(cells)
        return NumberColumn.fit(cells)
    texts = [text for text in as_text(cells, MISSING) if text is not None]
    different = len(set(texts))
    if different == rows and rows > 10:
        return IdColumn.fit(cells)
    if different * _ROWS_EACH > len(texts) and isinstance(found, str) and "identifier" in found:
        return f"{different} different texts, such as {texts[0]!r}"
    return CategoryColumn.fit(cells)
