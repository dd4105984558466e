"""Tables: CSV and Parquet files into raw features and labels."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from labelfeed.data import label_reading
from labelfeed.data.cleaned_columns import cleaning_columns
from labelfeed.data.dataset import DataError, Dataset, check_group, did_you_mean
from labelfeed.data.dates import date_columns, read_dates
from labelfeed.data.feature_cells import feature_cells
from labelfeed.data.frame import no_header
from labelfeed.data.giveaways import giveaway_notes
from labelfeed.data.groups import group_notes
from labelfeed.data.label_reading import label_columns, unlabelled
from labelfeed.data.labelling import as_text, spec_columns
from labelfeed.data.looked_at import looked_at
from labelfeed.data.read_table import ReadTable, read_table
from labelfeed.data.side_numbers import split_by_name
from labelfeed.data.sides import SideRanges, read_sides, side_names
from labelfeed.data.spellings import spelling_notes, unused_notes
from labelfeed.data.unseen import absent_labels
from labelfeed.data.weights import read_weights, weight_columns
from labelfeed.data.written_numbers import plain_numbers
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import NO_RULES
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import DataPath

__all__ = ["load_table"]


def load_table(
    path: DataPath | ReadTable,
    *,
    target: str | None = None,
    labels: Sequence[str] = (),
    spec: LabelSpec | None = None,
    id_column: str | None = None,
    drop: Sequence[str] = (),
    sides: Sequence[str | LabelSpec] = (),
    decimal: str | None = None,
    weights: Sequence[str] = (),
    side_ranges: SideRanges | None = None,
    dates: Sequence[str] = (),
    encoding: str | None = None,
    group: str | None = None,
    training_only: Sequence[str] = (),
    read_labels: bool = True,
    cells: CellRules = NO_RULES,
) -> Dataset:
    """Load a CSV, Parquet or Excel table.

    With `target` alone the label is single: one of the classes found in that column. With further
    `labels` all of them must be yes/no, and together they form one multi label
    `[target, *labels]`. With `spec` (of a saved run) the labels are read by that spec, and label
    columns that the file lacks are unknown.

    Args:
        path: CSV, Parquet or Excel file, see `read_frame`; or several, see `read_table`.
        target: Name of the target column; needed when there is no `spec`.
        labels: Names of further yes/no label columns.
        spec: Label spec of a saved run.
        id_column: Column that identifies a row, for the row ids; it is no feature.
        drop: Columns that are no features.
        sides: Columns of side labels: known at inference, not the target; they are no features.
            Names, or the specs of a saved run; see `labelfeed.data.sides.read_sides`.
        side_ranges: How side columns and label columns of numbers are cut into ranges, by name; see
            `read_sides` and `labelfeed.data.label_numbers.label_number`.
        decimal: How features write numbers, `","` or `"."`; see `plain_numbers`. By default decimal
            commas are read where semicolons separate the cells.
        weights: Columns of weights, no features: `COL` for rows, `LABEL=COL` for one label; see
            `labelfeed.data.weights.read_weights`.
        dates: Features that are dates, `COL` or `COL=HOW`; see `labelfeed.data.dates.read_dates`.
            Columns of dates in Parquet and Excel files are dates anyway.
        encoding: Encoding of a CSV; see `read_frame`.
        group: Column of groups, such as patients, that stay on one side of every split; it is no
            feature. With `spec` it may be absent.
        training_only: Columns that only training sees, no features; with `spec` they are left
            unread.
        read_labels: With `spec`: whether to read the label columns; if not, all are unknown.
        cells: What cells mean that are no plain values: unknown, uncertain, none apply, or several
            labels in one (then `target` is the only label column).

    Returns:
        A `Dataset` of kind `"table"`; `features` is a DataFrame of all other columns, raw, indexed
        by data row number from 1.

    Raises:
        DataError: The file cannot be read or has not what was asked for.
        LabelError: A label that does not fit; names row and column.

    Example:
        >>> data = load_table("patients.csv", target="diagnosis")  # doctest: +SKIP
        >>> data.spec.names  # doctest: +SKIP
        ('benign', 'malignant')
    """
    table = read_table(path, encoding)
    frame, notes, source = table.frame, table.notes, table.source
    with table.located():
        wanted = [target, *labels] if target is not None else []
        absent: tuple[str, ...] = ()
        if spec is not None:
            names = label_columns(spec, cells, frame.columns)
            wanted = [c for c in names if c in frame.columns]
            absent = absent_labels(names, frame.columns) if read_labels else ()
        elif target is None:
            raise DataError(f"{source}: name the target column.{did_you_mean('', frame.columns)}")
        fresh = spec is None
        beside = side_names(sides)
        needed = [s for s in sides if isinstance(s, str)]
        needed += [group] if spec is None and group is not None else []
        needed += training_only if fresh else []
        check_group(group, [*wanted, *beside], "target or side label")
        _check_columns(frame, [*wanted, id_column, *drop, *needed], source)
        for name in beside:
            if name in wanted or (spec is not None and name in spec_columns(spec)):
                raise DataError(f"{name!r} cannot be both a side label and the target.")
            if name == id_column or name in drop:
                raise DataError(f"{name!r} cannot be a side label and also the row id or dropped.")
        _check_unused(training_only, [*wanted, *beside, *drop, id_column, group], source)
        if len(set(wanted)) != len(wanted):
            twice = next(c for c in wanted if wanted.count(c) > 1)
            raise DataError(f"The label column {twice!r} is named twice.")
        if id_column in wanted:
            raise DataError(f"{id_column!r} cannot be both a label and the row id.")
        ranges, side_ranges = split_by_name(side_ranges, wanted if fresh else ())
        ids = table.row_numbers if id_column is None else _ids(frame[id_column], source)
        if spec is not None and not (wanted and read_labels):
            read = unlabelled(spec, len(frame))
        else:
            given = {c: frame[c] for c in wanted}
            read = label_reading.read_labels(given, spec, source, cells, ranges)
        spec, commas = read.spec, table.separator == ";"
        heavy = weight_columns(weights, spec_columns(spec), frame.columns, source, needed=fresh)
        read, weighed, light = read_weights(frame, heavy, read, source, decimal, commas)
        given = {name: frame[name] for name in beside if name in frame.columns}
        side_labels, told = read_sides(given, sides, len(frame), frame.columns, side_ranges, cells)
        groups = frame[group].to_numpy() if group in frame.columns else None
        beside_labels = cleaning_columns(spec_columns(spec), frame.columns)
        others = {*wanted, *drop, *given, *heavy.values(), *beside_labels, id_column, group}
        others |= set() if fresh else set(training_only)
        features = frame.drop(columns=[c for c in frame.columns if c in others])
        features.index = pd.RangeIndex(1, len(frame) + 1)  # data row numbers, for messages
        if features.shape[1] <= (len(training_only) if fresh else 0):
            raise DataError(f"{source}: no feature column is left beside the label.")
        for name in date_columns(frame, dates):
            if name in others:
                raise DataError(
                    f"{source}: {name!r} is no feature, so --dates does not apply to it."
                )
        features, how = read_dates(features, dates, source, absent=not fresh)
        features, written = plain_numbers(features, decimal, commas, cells.feature_words)
        features, words = feature_cells(features, cells)
        hidden = features[list(training_only)] if fresh and training_only else None
        if hidden is not None:
            features = features.drop(columns=list(training_only))
        spellings = read.spellings + side_labels.spellings + (words if fresh else ())
        notes += absent + read.notes + light + told + written + spelling_notes(spellings, fresh)
        if fresh and beside_labels:
            notes += (f"{len(beside_labels)} columns of labelfeed clean are no features",)
        if fresh:
            notes += tuple(f"read as dates: {name}" for name in how)
            notes += looked_at(frame, features, read.labels, spec)
            notes += giveaway_notes(features, read.labels, spec)
            notes += group_notes(features) if group is None else ()
            notes += unused_notes(spellings, cells)
        joined = wanted == [spec.name] and bool(spec.shape)  # one column that names all labels
        names = spec_columns(spec) if joined else tuple(wanted)
        found = Dataset(
            "table", features, read.labels, spec, ids, source, names, notes, side_labels
        )
        return dataclasses.replace(
            found, dates=how, groups=groups, group_name=group or "",
            weights=weighed, soft=read.soft, cells=cells, spellings=spellings, numbers=read.numbers,
            training_only=hidden,
        )  # fmt: skip


def _check_columns(frame: pd.DataFrame, names: Sequence[str | None], source: str) -> None:
    for name in names:
        if name is not None and name not in frame.columns:
            hint = did_you_mean(name, frame.columns)
            parts = [part.strip() for part in name.split(",")]
            if len(parts) > 1 and set(parts) <= set(frame.columns):
                hint = " These are several: give the option once for each."
            raise DataError(
                f"{source}: there is no column {name!r}.{hint}{no_header(frame.columns)}"
            )


def _check_unused(names: Sequence[str], others: Sequence[str | None], source: str) -> None:
    for at, name in enumerate(names):
        if name in others or name in names[:at]:
            raise DataError(
                f"{source}: {name!r} stands in --training-only and once more, there or as a label, "
                "side label, weight, group, row id or --drop: name it once."
            )


def _ids(column: pd.Series, source: str) -> np.ndarray:
    ids = as_text(column)
    missing = np.flatnonzero([i is None for i in ids])
    if missing.size:
        row, name = int(missing[0]) + 1, str(column.name)
        place = f"{source}: data row {row}, column {name!r}"
        raise DataError("the row id is missing.", place=place, row=row, column=name)
    return ids
