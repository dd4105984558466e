"""Looks at a file before anything is trained: what it holds, and what would go wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from labelfeed.checks.cells import cell_lines, several_in_a_cell
from labelfeed.checks.columns import Column, describe
from labelfeed.checks.labels import label_lines, rare_notes
from labelfeed.checks.plan import completed, train_command
from labelfeed.checks.propose import alike, propose_labels
from labelfeed.checks.result import Check
from labelfeed.checks.rows import alike_notes
from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.data.files import data_files, format_of
from labelfeed.data.giveaways import mean_encoded, order_notes
from labelfeed.data.labelling import as_text
from labelfeed.data.loading import load_data
from labelfeed.data.order import order_proposals
from labelfeed.data.read_table import ReadTable, read_table
from labelfeed.data.sides import SideRanges
from labelfeed.data.telling import telling_columns
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.errors import LabelError
from labelfeed.limits import bounded
from labelfeed.types import DataPath

__all__ = ["check"]

_AWAY = ("is it known before the label?", "an identifier? Drop it")  # ends of `telling_notes`
_SHOWN_ELSEWHERE = ("read as dates: ", "cells: ")  # in the command, in the table of cells
_THIN = 0.95  # of the cells of a feature may be empty before that is said
_WEIGHT = re.compile(
    r"(sample|case|row|survey|sampling|probability|person|inverse).?(weight|wt|wgt)|^(weights|wgt|wt)$"
    r"|fnlwgt",
    re.IGNORECASE,
)
_SAME = 0.999  # so well a column tells a label that is the label: the command leaves it out


@bounded
def check(
    path: DataPath,
    *,
    target: str | None = None,
    labels: Sequence[str] = (),
    sides: Sequence[str] = (),
    side_ranges: SideRanges | None = None,
    order: Mapping[str, Sequence[str]] | None = None,
    weights: Sequence[str] = (),
    group: str | None = None,
    id_column: str | None = None,
    drop: Sequence[str] = (),
    decimal: str | None = None,
    dates: Sequence[str] = (),
    encoding: str | None = None,
    cells: CellRules | None = None,
    max_bytes: int | None = None,
) -> Check:
    """Say what the columns and cells of a file are, what to look at, and how to train on it.

    Nothing is trained, and nothing written. Of an npz or a folder of images the labels are told,
    and rows that are alike. Where no target is named, the columns that look most
    like labels are taken, and the result says so.

    Args:
        path: A CSV, Parquet or Excel file, an npz, or a folder of images.
        target: Label column.
        labels: Further label columns.
        sides: Side labels; this and what follows as in `labelfeed.data.load_data`.
        side_ranges: How side columns of numbers are cut.
        order: Classes in order, by column.
        weights: Columns of weights.
        group: Column of groups, such as patients.
        id_column: Column of row ids.
        drop: Columns that are no features.
        decimal: How numbers are written.
        dates: Columns of dates.
        encoding: Encoding of a CSV.
        cells: What cells mean that are no plain values.
        max_bytes: Most bytes that the file may unpack to.

    Returns:
        The `Check`; print it.

    Raises:
        DataError: The file cannot be read, or has no such column.

    Example:
        >>> print(labelfeed.check("patients.csv", target="diagnosis"))  # doctest: +SKIP
    """
    del max_bytes  # `bounded` has set it
    reading: dict[str, Any] = {
        "target": target, "labels": tuple(labels), "sides": tuple(sides), "group": group,
        "side_ranges": dict(side_ranges or {}), "order": dict(order or {}),
        "weights": tuple(weights), "id_column": id_column, "drop": tuple(drop), "decimal": decimal,
        "dates": tuple(dates), "encoding": encoding,
        "cells": CellRules() if cells is None else cells,
    }  # fmt: skip
    files = data_files(path)
    if files[0].exists() and format_of(files[0]) is None:
        return _check_arrays(path, reading)
    table = read_table(path, encoding)
    frame, notes = table.frame, table.notes
    for name in (target, *labels, *sides, group, id_column, *drop):
        if name is not None and name not in frame.columns:
            raise DataError(
                f"{table.source}: there is no column {name!r}.{did_you_mean(name, frame.columns)}"
            )
    columns = describe(frame, table.separator == ";")
    guess = ""
    if target is None:
        found = propose_labels(
            [c for c in columns if c.name not in (*sides, *drop, id_column, group)]
        )
        names = tuple(n for n in dict.fromkeys((*labels, *found.names)))
        if not names:
            shown = "No column looks like a label: name it with --target COL."
            return Check(table.source, len(frame), columns, notes=notes, guess=shown)
        reading["target"], reading["labels"] = names[0], names[1:]
        what = f"{names[0]!r}" if len(names) == 1 else f"{names[0]!r} and {len(names) - 1} more"
        why = f" ({found.why})" if found.names else ""
        guess = f"No --target is given; taken as the label{'s'[: len(names) - 1]} here: {what}{why}"
    plan, told = completed(reading, columns, frame)
    if not plan["labels"] and plan["cells"].separator is None:
        rules, guesses = several_in_a_cell(plan["target"], as_text(frame[plan["target"]]))
        plan["cells"] = plan["cells"].plus(rules)
        told = guesses + told
    guessed_id = plan["id_column"] if id_column is None else None
    dataset, trouble = _loaded(table, plan, guessed_id)
    if dataset is None:
        roles = _roles(plan)
        return Check(table.source, len(frame), columns, roles, (), (), notes + told, guess, trouble,
                     plan)  # fmt: skip
    away: dict[str, str] = {}
    if any(note.endswith(_AWAY) for note in dataset.notes):
        telling = telling_columns(dataset.features, dataset.labels, dataset.spec)
        away = {
            name: text
            for name, (score, text) in telling.items()
            if score >= _SAME or text.endswith(_AWAY[1])
        }
    away |= dict.fromkeys(mean_encoded(dataset.features, dataset.labels, dataset.spec), "")
    if 0 < len(away) < dataset.features.shape[1]:
        plan["drop"] = (*plan["drop"], *away)
    found_notes = [
        *_marked(dataset.notes, away), *told, *rare_notes(dataset), *alike_notes(dataset),
        *_forgotten(plan, list(frame.columns)),
        *_by_column(columns, _roles(plan)), *order_proposals(dataset.spec),
    ]  # fmt: skip
    return Check(
        table.source,
        len(frame),
        columns,
        _roles(plan),
        tuple(label_lines(dataset)),
        tuple(cell_lines(dataset.spellings)),
        tuple(dict.fromkeys(found_notes)),
        guess,
        "",
        plan,
        train_command(path, plan),
    )


def _check_arrays(path: DataPath, reading: dict[str, Any]) -> Check:
    """Check an npz or a folder of images: what stands in the labels, and rows that are alike."""
    dataset = load_data(path, **reading)
    shape = " x ".join(map(str, dataset.features.shape[1:]))
    images = dataset.kind == "images"  # sorted by folder
    sorted_by = () if images else order_notes(dataset.labels, dataset.spec)
    found = [
        *dataset.notes, *rare_notes(dataset), *sorted_by, *alike_notes(dataset),
        *order_proposals(dataset.spec),
    ]  # fmt: skip
    return Check(
        dataset.source,
        len(dataset),
        (),
        {},
        tuple(label_lines(dataset)),
        tuple(cell_lines(dataset.spellings)),
        tuple(note for note in found if not note.startswith(_SHOWN_ELSEWHERE)),
        reading=reading,
        command=train_command(path, reading),
        shape=shape,
    )


def _loaded(
    path: ReadTable, plan: dict[str, Any], guessed_id: str | None
) -> tuple[Dataset | None, str]:
    """Return the rows as training would read them, or why it would not; row numbers for ids."""
    reading = dict(plan)
    if guessed_id is not None:  # looked at already, and slow to read
        reading |= {"id_column": None, "drop": (*plan["drop"], guessed_id)}
    try:
        return load_data(path, **reading), ""
    except (DataError, LabelError) as error:
        return None, str(error)


def _marked(notes: Sequence[str], away: dict[str, str]) -> list[str]:
    """Return notes; those of columns that give the label away say that these are left out."""
    lines = {f"column {name!r} {text}" for name, text in away.items()}
    return [f"{note} Left out below, until you say so" if note in lines else note
            for note in notes if not note.startswith(_SHOWN_ELSEWHERE)]  # fmt: skip


def _roles(plan: dict[str, Any]) -> dict[str, str]:
    several = bool(plan["labels"])
    roles = {plan["target"]: "label" if several else "target"}
    roles |= dict.fromkeys(plan["labels"], "label") | dict.fromkeys(plan["sides"], "side label")
    roles |= dict.fromkeys(plan["drop"], "left out")
    weights = [item.rpartition("=")[2] for item in plan["weights"]]
    roles |= dict.fromkeys(weights, "weight")
    named = {"row id": plan["id_column"], "group": plan["group"]}
    return roles | {name: what for what, name in named.items() if name}


def _by_column(columns: Sequence[Column], roles: Mapping[str, str]) -> list[str]:
    """Return a line about features that are nearly empty, and one about weights of rows."""
    features = [c for c in columns if c.name not in roles and c.kind != "empty"]
    thin = [c.name for c in features if c.missing > _THIN]
    notes = [f"{_some(thin)}: more than {_THIN:.0%} of the cells are empty"] if thin else []
    weights = [c.name for c in features if c.kind == "number" and _WEIGHT.search(c.name)]
    return notes + [f"{_some(weights)} may be the weight of a row, and is a feature here"] * bool(
        weights
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:5])) + (f", ... ({len(names)})" if len(names) > 5 else "")


def _forgotten(plan: dict[str, Any], names: list[str]) -> list[str]:
    """Return a line about features whose names say that they are labels like those given."""
    used = {*plan["drop"], *plan["sides"], plan["id_column"], plan["group"]}
    given = (plan["target"], *plan["labels"])
    rest = [name for name in alike(given, names) if name not in used]
    if not rest:
        return []
    shown = ", ".join(map(repr, rest[:3])) + (", ..." if len(rest) > 3 else "")
    verb = "is" if len(rest) == 1 else "are"
    return [
        f"{shown} ({len(rest)}) {verb} called like the label, and a feature here: if it is not "
        "known at prediction time, name it with --label (predicted too) or --drop"
    ]
