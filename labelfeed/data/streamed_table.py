"""A table that does not fit into the memory: a sample of its rows, and all of them in turn."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.cleaned_columns import cleaning_columns
from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.data.files import data_files, format_of, of_files
from labelfeed.data.frame_chunks import short_row_notes, table_chunks
from labelfeed.data.loading import fingerprint, load_data
from labelfeed.data.read_table import ReadTable
from labelfeed.data.row_sides import RowSides, sample_ranks
from labelfeed.data.sides import side_names
from labelfeed.data.split import Split
from labelfeed.data.unpacked import unpacked_size
from labelfeed.labels.spec import LabelSpec
from labelfeed.limits import bounded, in_words, memory
from labelfeed.types import DataPath

__all__ = ["StreamedTable", "stream_table", "too_large"]

_SAMPLE = 200_000  # rows
_LEAST = 20_000
_SAMPLE_SHARE = 1 / 16  # of the memory
_CHUNK = 50_000
_EACH = 3  # rows of each spelling of a label that the sample holds at least
_SPELLINGS = 10_000  # of a column: more are numbers
_NOT_STREAMED = ("tree", "training_only")


@dataclasses.dataclass(frozen=True)
class StreamedTable:
    """Rows of files, of which a sample is in the memory.

    Args:
        files: The files.
        reading: Arguments of `load_data` by which they are read.
        sample: A seeded sample of all rows, read as new data: every spelling of a label is in it.
        table: The cells of the sample.
        sides: On which side of a split each row stands.
        rows: Rows of all files.
    """

    files: tuple[Path, ...]
    reading: dict[str, Any]
    sample: Dataset
    table: ReadTable
    sides: RowSides
    rows: int

    def split(self, test_share: float, validation_share: float) -> Split:
        """Return the parts of the sample, as positions in it.

        Raises:
            DataError: A part that is wanted, or training, gets no labelled row.
        """
        numbers = self.table.row_numbers
        part = self.sides.parts(self.table.frame, numbers, test_share, validation_share)
        part[~self.sample.labelled] = 0
        parts = [np.flatnonzero(part == k) for k in range(3)]
        wanted = (True, test_share > 0, validation_share > 0)
        for name, rows, want in zip(("training", "test", "validation"), parts, wanted, strict=True):
            if want and not self.sample.labelled[rows].any():
                raise DataError(
                    f"{self.sample.source}: no labelled row falls to {name}: there are too few "
                    "rows or groups to be split by a hash of each."
                )
        return Split(parts[0], parts[2], parts[1])

    def training(
        self,
        test_share: float,
        validation_share: float,
        spec: LabelSpec,
        sides: Sequence[LabelSpec],
    ) -> Iterator[tuple[ReadTable, Dataset, int]]:
        """Yield all labelled training rows, some at a time, and the table that they are of.

        Every cell is checked, also of rows that are left out. A row of one group that equals a
        held-out row of another is left out; how many, is yielded as well.

        Args:
            test_share: As for `split`, and likewise `validation_share`.
            validation_share: Share of the validation part.
            spec: Label spec by which labels are read.
            sides: Specs of the side labels.

        Raises:
            CellError: A cell does not fit; names file, row and column.
        """
        split = self.split(test_share, validation_share)
        held = np.sort(np.concatenate([split.test, split.validation]))
        hashes = self.sides.hashes(self.table.frame.iloc[held]) if self.sides.columns else held
        held_out = np.unique(hashes[self.sides.telling(hashes)]) if len(held) else np.zeros(0)
        reading = {
            **self.reading, "sides": tuple(sides), "side_ranges": None, "cells": self.sample.cells,
            "dates": self.sample.dates or self.reading.get("dates", ()),
        }  # fmt: skip
        for name in ("target", "labels", "order"):
            reading.pop(name, None)
        for table in table_chunks(self.files, _CHUNK, self.reading.get("encoding")):
            rows = load_data(table, spec=spec, **reading)
            numbers = table.row_numbers
            part = self.sides.parts(table.frame, numbers, test_share, validation_share)
            used = (part == 0) & _learned(rows)
            equal = np.zeros(len(rows), bool)
            if len(held_out) and self.sides.group is not None:
                equal = used & np.isin(self.sides.hashes(table.frame), held_out)
            yield table, rows.take(used & ~equal), int(equal.sum())


def stream_table(
    path: DataPath,
    *,
    seed: int = 0,
    sample_rows: int | None = None,
    on_rows: Callable[[int], None] | None = None,
    **reading: Any,
) -> StreamedTable:
    """Read the files once: count their rows, and keep a sample of them.

    Args:
        path: CSV or Parquet files, as for `data_files`.
        seed: Of sample and split, >= 0.
        sample_rows: Rows of the sample; `None`: 200,000, less where rows are very wide.
        on_rows: Called after each part with the rows read so far.
        **reading: Arguments of `load_data`, `target` among them.

    Raises:
        DataError: A file cannot be read, has other columns than the first, or something is asked
            for that needs all rows at once.
        LabelError: A label does not fit.
    """
    files = data_files(path)
    for name in _NOT_STREAMED:
        if reading.get(name):
            option = name.replace("_", "-")
            raise DataError(
                f"--{option} needs all rows in the memory: it does not go with --stream."
            )
    mark = fingerprint(files)
    gathered, sides, rows = _gathered(files, seed, sample_rows, on_rows, reading)
    sides = sides.told(gathered.frame)
    sample = load_data(gathered, **reading)
    notes = (*short_row_notes(files, reading.get("encoding")), *sample.notes)
    source = of_files(files)
    sample = dataclasses.replace(sample, fingerprint=mark, notes=notes, source=source)
    return StreamedTable(files, reading, sample, gathered, sides, rows)


@bounded
def too_large(path: DataPath, *, max_bytes: int | None = None) -> str | None:
    """Return why CSV or Parquet files are not read into the memory, in words; `None`: they are.

    Args:
        path: As for `data_files`.
        max_bytes: As for `load_data`.
    """
    del max_bytes  # `bounded` has set it
    files = data_files(path)
    kind = format_of(files[0])
    if kind not in ("CSV", "Parquet") or not all(file.is_file() for file in files):
        return None
    try:
        size, most = unpacked_size(files, kind == "CSV")
    except (OSError, ValueError):  # whoever reads it says what is wrong
        return None
    return f"{in_words(size)} are more than the {in_words(most)} allowed" if size > most else None


def _learned(rows: Dataset) -> np.ndarray:
    """Return which rows tell something to learn."""
    learned = rows.labelled
    if rows.soft is not None:
        learned = learned | ~np.isnan(rows.soft).reshape(len(rows), -1).all(axis=1)
    return learned


def _gathered(
    files: tuple[Path, ...],
    seed: int,
    sample_rows: int | None,
    on_rows: Callable[[int], None] | None,
    reading: dict[str, Any],
) -> tuple[ReadTable, RowSides, int]:
    """Return a sample of the rows in their order, how they are split, and the number of all."""
    sides: RowSides | None = None
    kept: list[pd.DataFrame] = []
    ranks = np.zeros(0, np.uint64)
    seen: dict[str, dict[Any, int]] = {}
    rows, most = 0, sample_rows or _SAMPLE
    table: ReadTable | None = None
    for table in table_chunks(files, _CHUNK, reading.get("encoding")):
        frame = table.frame.set_axis(pd.Index(table.row_numbers), axis=0)
        if sides is None:
            labels = _label_columns(frame, reading, files[0])
            seen = {name: {} for name in labels}
            features = _features(frame, labels, reading)
            sides = RowSides.of(frame, features, reading.get("group"), seed)
            if sample_rows is None:
                width = frame.memory_usage(deep=True).sum() / len(frame)
                room = int(memory() * _SAMPLE_SHARE / max(width, 1.0))
                most = max(_LEAST, min(_SAMPLE, room))
        rows += len(frame)
        own = sample_ranks(table.row_numbers, seed)
        own[_first_of_spellings(frame, seen)] = 0  # always in the sample
        if len(ranks) >= most:
            better = own < np.partition(ranks, most - 1)[most - 1]
            frame, own = frame[better], own[better]
        kept.append(frame)
        ranks = np.concatenate([ranks, own])
        if len(ranks) > 2 * most:
            kept, ranks = _best(kept, ranks, most)
        if on_rows is not None:
            on_rows(rows)
    if table is None or sides is None:
        raise DataError(f"{files[0]}: there is no row.")
    kept, ranks = _best(kept, ranks, most)
    whole = kept[0].sort_index()
    numbers = whole.index.to_numpy()
    found = ReadTable(
        whole.reset_index(drop=True), table.files, table.separator, (), numbers, of_files(files)
    )
    return found, sides, rows


def _best(
    kept: list[pd.DataFrame], ranks: np.ndarray, most: int
) -> tuple[list[pd.DataFrame], np.ndarray]:
    """Return the rows of least rank; all that are always in the sample."""
    most = max(most, int((ranks == 0).sum()))
    best = np.argsort(ranks, kind="stable")[:most]
    return [pd.concat(kept).iloc[best]], ranks[best]


def _label_columns(frame: pd.DataFrame, reading: dict[str, Any], file: Path) -> list[str]:
    target = reading.get("target")
    if target is None:
        raise DataError(f"{file}: name the target column.{did_you_mean('', frame.columns)}")
    return [
        name for name in (target, *reading.get("labels", ()), *side_names(reading.get("sides", ())))
        if name in frame.columns
    ]  # fmt: skip


def _features(frame: pd.DataFrame, labels: Sequence[str], reading: dict[str, Any]) -> list[str]:
    heavy = [str(item).rpartition("=")[2] for item in reading.get("weights") or ()]
    others = {
        *labels, *heavy, *(reading.get("drop") or ()), reading.get("id_column"),
        reading.get("group"), *cleaning_columns(tuple(labels), frame.columns),
    }  # fmt: skip
    return [str(name) for name in frame.columns if name not in others]


def _first_of_spellings(frame: pd.DataFrame, seen: dict[str, dict[Any, int]]) -> np.ndarray:
    """Return which rows are among the first with what some label column says."""
    chosen = np.zeros(len(frame), bool)
    for name, counts in seen.items():
        if len(counts) > _SPELLINGS:
            continue
        cells = frame[name]
        before = cells.map(counts).fillna(0).to_numpy(np.int64)
        number = cells.groupby(cells).cumcount().reindex(cells.index).to_numpy() + before
        chosen |= (number < _EACH) & cells.notna().to_numpy()
        for value, count in cells.value_counts().items():
            counts[value] = counts.get(value, 0) + int(count)
    return chosen
