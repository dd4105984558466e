"""Rows of a request as the features of a run: each cell by itself, whatever stands beside it.

A file is read column by column (is this a column of numbers?); a request says what it means, and a
row must not be read otherwise because of the rows that other clients send at the same moment.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime
import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.beside import PicturesAndColumns
from labelfeed.data.columns import Category, Numeric
from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.data.date_column import Dates
from labelfeed.data.labelling import as_text
from labelfeed.data.number_cells import number
from labelfeed.data.pixels import read_pixels
from labelfeed.data.written_numbers import plain_numbers
from labelfeed.labels.words import MISSING, MissingWords, yes_no
from labelfeed.runs.kept import KeptRun
from labelfeed.serving.body import RequestError
from labelfeed.types import JSON, Cell, Features

__all__ = ["IMAGE", "ReadRows", "RowReader"]

IMAGE = "image"
"""Key of the picture of a row: PNG or JPEG in base64, or nested lists for a run of arrays."""

_ISO = "ISO8601"


@dataclasses.dataclass(frozen=True)
class ReadRows:
    """Rows that were read and checked, column by column.

    Args:
        count: How many.
        columns: Cells by name: float with NaN for missing, text or `None`, or a date or `None`.
        pictures: Pixels of each row; empty where the run reads none.
        notes: What was taken for something else, a line each.
    """

    count: int
    columns: Mapping[str, list[Cell]]
    pictures: tuple[np.ndarray, ...] = ()
    notes: tuple[str, ...] = ()


class RowReader:
    """Reads JSON rows for a run.

    Args:
        run: The run.
    """

    def __init__(self, run: KeptRun) -> None:
        """Look up once how each column is written."""
        fitted = run.preprocessor
        self.columns = fitted.columns
        self.shape = (fitted.picture or fitted.shape) if fitted.kind == "image" else ()
        self._kept = run.data
        self._gone = MissingWords(frozenset(word.strip().lower() for word in fitted.missing))
        self._decimal = run.data.get("decimal")
        self._dates = {}
        for item in run.data.get("dates") or ():
            name, _, how = str(item).partition("=")
            self._dates[name] = how

    def read(self, rows: JSON) -> ReadRows:
        """Return the rows of a request.

        Args:
            rows: A list of objects, column to value; `null` where there is no value. Columns that
                the run does not read are passed over, labels among them.

        Raises:
            DataError: A value does not fit or a column is missing; names row (from 1) and column.
            RequestError: It is no list of objects.
        """
        if not isinstance(rows, list) or not rows:
            raise RequestError("Expected rows, a list of at least one object, column to value.")
        for at, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                raise RequestError(f"Row {at}: expected an object, column to value.")
            for column in self.columns:
                if column.name not in row:
                    raise _missing(at, column.name, row)
        notes: list[str] = []
        columns = {c.name: self._column(c, rows, notes) for c in self.columns}
        pictures = tuple(self._picture(at, row) for at, row in enumerate(rows, 1))
        return ReadRows(len(rows), columns, pictures if self.shape else (), tuple(notes))

    def features(self, parts: Sequence[ReadRows]) -> Features:
        """Return rows of one or several requests as the run's predictor takes them."""
        pixels = np.stack([p for part in parts for p in part.pictures]) if self.shape else None
        if pixels is not None and not self.columns:
            return pixels
        cells: dict[str, Any] = {}
        for column in self.columns:
            values = [value for part in parts for value in part.columns[column.name]]
            dtype: Any = np.float64 if isinstance(column, Numeric) else object
            if isinstance(column, Dates):
                dtype = "datetime64[s]"
            cells[column.name] = np.array(values, dtype)
        count = sum(part.count for part in parts)
        table = pd.DataFrame(cells, index=pd.RangeIndex(1, count + 1))
        return table if pixels is None else PicturesAndColumns(pixels, table)

    def _column(
        self, column: Numeric | Category | Dates, rows: list[Any], notes: list[str]
    ) -> list[Cell]:
        name = column.name
        cells = [row[name] for row in rows]
        for at, cell in enumerate(cells, 1):
            if isinstance(cell, (list, dict)):
                raise _wrong(at, name, cell, "a number, text, true, false or null")
        if isinstance(column, Category):
            return self._words(column, cells, notes)
        if isinstance(column, Dates):
            return [self._date(at, name, cell) for at, cell in enumerate(cells, 1)]
        return [self._number(at, column, cell) for at, cell in enumerate(cells, 1)]

    def _number(self, at: int, column: Numeric, cell: Cell) -> float:
        expected = "true, false, yes, no or null" if column.words else "a number or null"
        if cell is None:
            return math.nan
        if isinstance(cell, bool):
            if not column.words:
                raise _wrong(at, column.name, cell, expected)
            return float(cell)
        if isinstance(cell, (int, float)):
            try:
                found = float(cell)
            except OverflowError:
                found = math.inf
        else:
            text = str(cell).strip()
            if text in MISSING or text in self._gone:
                return math.nan
            state = yes_no(text) if column.words else None
            found = number(text) if state is None else float(state)
            if math.isnan(found) and self._decimal:
                written, _ = plain_numbers(pd.DataFrame({"": [text]}), self._decimal, False)
                found = number(str(written[""].iloc[0]))
        if not math.isfinite(found):
            raise _wrong(at, column.name, cell, expected)
        return found

    def _words(self, column: Category, cells: list[Cell], notes: list[str]) -> list[Cell]:
        words = MISSING.but(column.values)
        texts = [t if t is None or t not in self._gone else None for t in _texts(cells, words)]
        for at, text in enumerate(texts):
            if text is not None and text not in column.values:
                texts[at] = None
                if len(notes) < 20:
                    hint = did_you_mean(text, column.values)
                    notes.append(
                        f"Row {at + 1}, column {column.name!r}: training had no "
                        f"{text[:100]!r}, taken for missing.{hint[:200]}"
                    )
        return texts

    def _date(self, at: int, name: str, cell: Cell) -> datetime.datetime | None:
        """Return a date in UTC without its zone, as the run reads a file's; ISO 8601 always fits.

        As the training file writes it comes first.
        """
        how = self._dates.get(name) or _ISO
        if cell is None or (isinstance(cell, str) and (cell in MISSING or cell in self._gone)):
            return None
        text, found = str(cell).strip(), None
        if how != _ISO:
            found = _parsed(text, how)
        if found is None and isinstance(cell, str):
            found = _parsed(text, _ISO)
        if found is None or not 1 < found.year < 9999:
            also = "" if how == _ISO else f", or as {how}"
            raise _wrong(at, name, cell, f"a date such as 2020-01-31{also}, or null")
        if found.tzinfo is not None:
            found = found.astimezone(datetime.UTC).replace(tzinfo=None)
        return found

    def _picture(self, at: int, row: dict[str, Any]) -> np.ndarray:
        if not self.shape:
            return np.zeros(0)
        if IMAGE not in row:
            raise _missing(at, IMAGE, row)
        given = row[IMAGE]
        if self._kept.get("kind") != "images":
            return self._pixels(at, given)
        try:
            head, comma, rest = str(given).partition(",")
            content = base64.b64decode(rest if comma else head, validate=True)
        except (binascii.Error, ValueError):
            raise _wrong(at, IMAGE, given, "a PNG or JPEG file in base64") from None
        size = self.shape[0], self.shape[1]
        with tempfile.TemporaryDirectory(prefix="labelfeed-") as folder:
            path = Path(folder) / "picture"
            path.write_bytes(content)
            try:
                read = read_pixels(
                    [path], [IMAGE], size, self._kept["image_color"],
                    self._kept.get("image_white") or 0,
                )  # fmt: skip
            except DataError as error:
                reason = str(error).replace(f"{path}: ", "")
                raise DataError(reason, place=f"Row {at}", row=at, column=IMAGE) from None
        pixels: np.ndarray = read.pixels[0]
        return pixels

    def _pixels(self, at: int, given: JSON) -> np.ndarray:
        expected = f"nested lists of numbers of the shape {self.shape}"
        try:
            pixels = np.asarray(given, np.float64)
        except (TypeError, ValueError, OverflowError):
            raise _wrong(at, IMAGE, "other lists", expected) from None
        if pixels.shape != self.shape or not np.isfinite(pixels).all():
            raise _wrong(at, IMAGE, f"the shape {pixels.shape}", expected)
        return pixels


def _texts(cells: list[Cell], words: MissingWords) -> list[str | None]:
    column = np.empty(len(cells), object)
    column[:] = cells
    texts: list[str | None] = as_text(column, words).tolist()
    return texts


def _parsed(text: str, how: str) -> datetime.datetime | None:
    try:
        if how == _ISO:
            return datetime.datetime.fromisoformat(text)
        return datetime.datetime.strptime(text, how)
    except ValueError:
        return None


def _missing(at: int, name: str, row: dict[str, Any]) -> DataError:
    hint = did_you_mean(name, list(row)[:200]) if row else ""
    return DataError(
        f"the column is missing; give null where there is no value.{hint[:300]}",
        place=f"Row {at}, column {name!r}", row=at, column=name,
    )  # fmt: skip


def _wrong(at: int, name: str, value: Cell, expected: str) -> DataError:
    place = f"Row {at}, column {name!r}"
    return DataError(place=place, row=at, column=name, value=value, expected=expected)
