"""Reads the rows of a file as `train` and `tune` learn from them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from labelfeed.cli.console import note, reading_images, reading_rows
from labelfeed.cli.files import is_npz
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.files import data_files
from labelfeed.data.loading import load_data
from labelfeed.data.order import split_order
from labelfeed.data.read_table import read_table
from labelfeed.data.side_numbers import split_ranges
from labelfeed.data.streamed_pictures import (
    StreamedPictures,
    pictures_too_large,
    stream_pictures,
)
from labelfeed.data.streamed_table import StreamedTable, stream_table, too_large
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.errors import CellError
from labelfeed.noise.annotated_rows import load_annotated
from labelfeed.options import TrainingOptions
from labelfeed.sides.tree import Tree

__all__ = ["load_to_train", "naming_files"]


@contextlib.contextmanager
def naming_files(data: str | tuple[str, ...], encoding: str | None = None) -> Iterator[None]:
    """Let an error about a row of several files that are one table name its file.

    Args:
        data: The files of a command.
        encoding: Of CSV files.
    """
    try:
        yield
    except CellError as error:
        if not error.place.startswith(f"{DataError.row_word} ") or len(data_files(data)) == 1:
            raise
        with read_table(data, encoding).located():
            raise


_OF_TABLES = (
    "target", "labels", "sides", "side_ranges", "order", "weights", "id_column", "group", "drop",
    "decimal", "dates", "encoding", "tree", "training_only",
)  # fmt: skip


def load_to_train(
    data: str | tuple[str, ...],
    reading: dict[str, Any],
    options: TrainingOptions,
    annotators: Sequence[str] = (),
    quiet: bool = False,
    stream: bool | None = False,
) -> tuple[Dataset | StreamedTable | StreamedPictures, dict[str, Any]]:
    """Return the rows of a file as `run_train` takes them, and how it was read.

    Args:
        data: As for `run_train`, and likewise those that follow.
        reading: Arguments of `load_data`, as the options have them.
        options: How to train.
        annotators: Columns.
        quiet: Show no bar.
        stream: Whether rows stay on disk; `None`: where they are more than may be read.

    Raises:
        DataError: The file cannot be read, or options do not go together.
    """
    if reading.get("order"):
        usual = "y" if is_npz(data) else "label"
        order = split_order(reading["order"], reading.get("target") or usual)
        reading = {**reading, "order": order}
    ranges = split_ranges(reading.get("side_ranges") or ())
    if options.strategy == "margin" and reading.get("target"):
        ranges.setdefault(reading["target"], 0)  # its classes may be numbers
    reading = {**reading, "side_ranges": ranges or None}
    cells = CellRules(**reading.pop("cells", {}))
    if reading.get("tree"):
        reading = {**reading, "tree": Tree.from_file(reading["tree"])}
    for name in ("tree", "training_only"):
        if annotators and reading.get(name):
            option = f"--{name.replace('_', '-')}"
            raise DataError(f"--annotators does not go with {option}: leave one out.")
    why = None
    if stream is None and not annotators:
        why = too_large(data) or pictures_too_large(data, reading)
    if stream or why:
        if why:
            note(f"rows stay on disk (as with --stream): {why}", quiet)
        if annotators:
            raise DataError("--annotators needs all rows in the memory: not with --stream.")
        seed = int(options.given.get("seed", 0))
        if data_files(data)[0].is_dir():
            with reading_images(quiet) as on_image:
                return stream_pictures(
                    data, seed=seed, cells=cells, on_image=on_image, **reading
                ), reading
        given = {name: reading[name] for name in _OF_TABLES if reading.get(name)}
        with reading_rows(quiet) as on_rows:
            return stream_table(data, seed=seed, cells=cells, on_rows=on_rows, **given), reading
    if annotators:
        dataset = load_annotated(data, annotators, cells=cells, **reading)
    else:
        with reading_images(quiet) as on_image:
            dataset = load_data(data, on_image=on_image, cells=cells, **reading)
    return dataset, reading
