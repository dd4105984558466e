"""A table that does not fit into the memory: a sample of its rows, and all of them in turn."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.files import data_files, format_of, of_files
from labelfeed.data.frame_chunks import short_row_notes, table_chunks
from labelfeed.data.loading import fingerprint, load_data
from labelfeed.data.read_table import ReadTable
from labelfeed.data.row_sample import CHUNK, sample_of_files
from labelfeed.data.row_sides import RowSides
from labelfeed.data.split import Split
from labelfeed.data.streamed_part import StreamedPart, learned, split_of_sample
from labelfeed.data.unpacked import unpacked_size
from labelfeed.labels.spec import LabelSpec
from labelfeed.limits import bounded, in_words
from labelfeed.types import DataPath

__all__ = ["StreamedTable", "stream_table", "too_large"]

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

    @property
    def numbers(self) -> np.ndarray:
        """int `(n,)`: number of each row of the sample among all, from 1."""
        return self.table.row_numbers

    def split(self, test_share: float, validation_share: float) -> Split:
        """Return the parts of the sample, as positions in it.

        Raises:
            DataError: A part that is wanted, or training, gets no labelled row.
        """
        part = self.sides.parts(self.table.frame, self.numbers, test_share, validation_share)
        return split_of_sample(self.sample, part, test_share, validation_share)

    def training(
        self,
        test_share: float,
        validation_share: float,
        spec: LabelSpec,
        sides: Sequence[LabelSpec],
    ) -> Iterator[StreamedPart]:
        """Yield all labelled training rows, some at a time.

        Every cell is checked, also of rows that are left out. A row of one group that equals a
        held-out row of another is left out.

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
        for table in table_chunks(self.files, CHUNK, self.reading.get("encoding")):
            rows = load_data(table, spec=spec, **reading)
            numbers = table.row_numbers
            part = self.sides.parts(table.frame, numbers, test_share, validation_share)
            used = (part == 0) & learned(rows)
            equal = np.zeros(len(rows), bool)
            if len(held_out) and self.sides.group is not None:
                equal = used & np.isin(self.sides.hashes(table.frame), held_out)
            taken = rows.take(used & ~equal)
            yield StreamedPart(taken, len(rows), int(equal.sum()), table.located)


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
    gathered, sides, rows = sample_of_files(files, seed, sample_rows, on_rows, reading)
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
