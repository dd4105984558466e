"""Rows to train and score on whose label several annotators give."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from labelfeed.data.cleaned_columns import cleaning_columns
from labelfeed.data.dataset import DataError, Dataset, Readings
from labelfeed.data.files import data_files, format_of
from labelfeed.data.giveaways import giveaway_notes
from labelfeed.data.read_table import ReadTable, read_table
from labelfeed.data.sides import side_names
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.agreed import agreed_ids
from labelfeed.noise.annotated import read_annotators
from labelfeed.noise.readings import class_ids
from labelfeed.types import DataPath

__all__ = ["load_annotated", "with_agreed_labels"]


def load_annotated(
    path: DataPath, annotators: Sequence[str], *, target: str = "label", **reading: Any
) -> Dataset:
    """Load a table whose label several annotators give, for `train`.

    Training rows learn what annotators and features together say (`labelfeed.noise.agreed`), as
    soft labels. Scores count the column `target`, where the file has one, which no training row
    reads; else the class that the annotators alone agree on (Dawid and Skene 1979). An annotator
    that is a side label too, known at prediction, is left out of what they agree on: else it would
    tell a part of its own score.

    Args:
        path: CSV, Excel or Parquet file.
        annotators: Its columns with a label each, at least two that are no side labels.
        target: What the label is called.
        **reading: Further arguments of `load_data`.

    Returns:
        The rows; `readings` holds what each annotator says.

    Raises:
        DataError: There is no such column, the annotators have no class in common, fewer than two
            tell anything, or an argument does not go with annotators.
        LabelError: A cell can mean several things; names row and column.

    Example:
        >>> names = ["reader1", "reader2"]
        >>> rows = load_annotated("scans.csv", names, target="ill")  # doctest: +SKIP
        >>> run = labelfeed.runs.train(rows)  # doctest: +SKIP
    """
    if format_of(data_files(path)[0]) is None:
        raise DataError(
            f"{data_files(path)[0]}: annotators are columns of a table (CSV, Excel, Parquet)."
        )
    for name, option in (("labels", "--label"), ("order", "--order"), ("spec", "spec")):
        if reading.get(name):
            raise DataError(f"--annotators does not go with {option}: leave it out.")
    if target in annotators:
        raise DataError(
            f"{target!r} is one of the annotators. --target names what they agree on: a new name, "
            "or a column of verified labels to score by."
        )
    known = [name for name in annotators if name in side_names(reading.get("sides") or ())]
    told = tuple(
        f"{name!r} is known at prediction (--side), so it is no part of what the annotators agree "
        "on: it would tell its own score"
        for name in known
    )
    own = [name for name in annotators if name not in known]
    table = read_table(path, reading.get("encoding"))
    frame = table.frame
    if cleaning_columns([target], frame.columns):
        raise DataError(
            f"{table.source}: labelfeed clean wrote {target!r}, so it is no verified label. Give "
            "the table as it was, or train on it without --annotators, with --drop of each of them."
        )
    verified = target in frame.columns
    rows, given, names, notes = read_annotators(path, own, target, reading, verified=True)
    agreed = agreed_ids(given, rows.spec.num_classes)
    labels = rows.labels if verified else agreed
    scored = f"scores count {target!r}, which training does not read" if verified else (
        f"{target!r} is what {len(names)} annotators agree on, in the scores too"
    )  # fmt: skip
    tells = giveaway_notes(rows.features, agreed, rows.spec)
    return dataclasses.replace(
        rows, labels=labels, readings=Readings(names, given, agreed),
        notes=(*told, *notes, scored, *tells),
    )  # fmt: skip


def with_agreed_labels(
    rows: Dataset,
    path: DataPath | ReadTable,
    annotators: Sequence[str],
    encoding: str | None = None,
) -> Dataset:
    """Return rows of a file without the target, labelled by what its annotators agree on.

    Args:
        rows: The rows, read by the spec of a run.
        path: Their file.
        annotators: Those of the run; some may be absent, all: then the rows are returned as given.
        encoding: Of a CSV.

    Raises:
        DataError: An annotator gives what is no class of the run.
    """
    table = read_table(path, encoding)
    frame = table.frame
    names = [name for name in annotators if name in frame.columns]
    if not names:
        return rows
    spec: LabelSpec = rows.spec
    classes = spec.label_columns[0].names
    given, _ = class_ids(
        frame, names, table.source, rows.cells, ranges=dict.fromkeys(names, 0), classes=classes
    )
    if not (given >= 0).any():
        return rows
    line = f"{spec.name!r} is what {', '.join(names)} agree on"
    labels = agreed_ids(given, spec.num_classes)
    return dataclasses.replace(rows, labels=labels, label_names=(spec.name,),
                               notes=(*rows.notes, line))  # fmt: skip
