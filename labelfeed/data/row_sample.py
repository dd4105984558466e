"""A seeded sample of the rows of files that are read once, from begin to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.cleaned_columns import cleaning_columns
from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.data.files import of_files
from labelfeed.data.frame_chunks import table_chunks
from labelfeed.data.read_table import ReadTable
from labelfeed.data.row_sides import RowSides, sample_ranks
from labelfeed.data.sides import side_names
from labelfeed.limits import memory

__all__ = ["CHUNK", "sample_of_files"]

CHUNK = 50_000
"""Rows that are read at a time."""

_SAMPLE = 200_000  # rows
_LEAST = 20_000
_SAMPLE_SHARE = 1 / 16  # of the memory
_EACH = 3  # rows of each spelling of a label that the sample holds at least
_SPELLINGS = 10_000  # of a column: more are numbers


def sample_of_files(
    files: tuple[Path, ...],
    seed: int,
    sample_rows: int | None,
    on_rows: Callable[[int], None] | None,
    reading: dict[str, Any],
) -> tuple[ReadTable, RowSides, int]:
    """Return a sample of the rows in their order, how they are split, and the number of all.

    Args:
        files: CSV or Parquet files.
        seed: Of sample and split.
        sample_rows: Rows of the sample; `None`: 200,000, less where rows are very wide. The first
            rows with each spelling of a label are in it whatever happens.
        on_rows: Called after each part with the rows read so far.
        reading: Arguments of `load_data` that say which columns are no features.

    Raises:
        DataError: A file cannot be read, or no target is named.
    """
    sides: RowSides | None = None
    kept: list[pd.DataFrame] = []
    ranks = np.zeros(0, np.uint64)
    seen: dict[str, dict[Any, int]] = {}
    rows, most = 0, sample_rows or _SAMPLE
    table: ReadTable | None = None
    for table in table_chunks(files, CHUNK, reading.get("encoding")):
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
