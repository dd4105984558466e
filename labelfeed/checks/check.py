"""Looks at a table before anything is trained: what it holds, and what would go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labelfeed.checks.columns import describe
from labelfeed.checks.labels import label_lines, rare_notes
from labelfeed.checks.plan import completed, train_command
from labelfeed.checks.propose import alike, propose_labels
from labelfeed.checks.result import Check
from labelfeed.checks.rows import alike_notes
from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.data.frame import cell_separator, read_frame
from labelfeed.data.table import load_table
from labelfeed.data.telling import telling_columns
from labelfeed.labels.errors import LabelError
from labelfeed.limits import bounded

__all__ = ["check"]

_AWAY = ("is it known before the label?", "an identifier? Drop it")  # ends of `telling_notes`
_SAME = 0.999  # so well a column tells a label that is the label: the command leaves it out


@bounded
def check(
    path: str | Path,
    *,
    target: str | None = None,
    labels: Sequence[str] = (),
    sides: Sequence[str] = (),
    group: str | None = None,
    id_column: str | None = None,
    drop: Sequence[str] = (),
    decimal: str | None = None,
    dates: Sequence[str] = (),
    encoding: str | None = None,
    max_bytes: int | None = None,
) -> Check:
    """Say what the columns and cells of a table are, what to look at, and how to train on it.

    Nothing is trained, and nothing written. Where no target is named, the columns that look most
    like labels are taken, and the result says so.

    Args:
        path: A CSV, Parquet or Excel file.
        target: Label column.
        labels: Further label columns.
        sides: Side labels; this and what follows as in `labelfeed.data.load_table`.
        group: Column of groups, such as patients.
        id_column: Column of row ids.
        drop: Columns that are no features.
        decimal: How numbers are written.
        dates: Columns of dates.
        encoding: Encoding of a CSV.
        max_bytes: Most bytes that the file may unpack to.

    Returns:
        The `Check`; print it.

    Raises:
        DataError: The file cannot be read, or has no such column.

    Example:
        >>> print(labelfeed.check("patients.csv", target="diagnosis"))  # doctest: +SKIP
    """
    del max_bytes  # `bounded` has set it
    path = Path(path)
    frame, notes = read_frame(path, encoding)
    reading: dict[str, Any] = {
        "target": target, "labels": tuple(labels), "sides": tuple(sides), "group": group,
        "id_column": id_column, "drop": tuple(drop), "decimal": decimal, "dates": tuple(dates),
        "encoding": encoding,
    }  # fmt: skip
    for name in (target, *labels, *sides, group, id_column, *drop):
        if name is not None and name not in frame.columns:
            raise DataError(
                f"{path}: there is no column {name!r}.{did_you_mean(name, frame.columns)}"
            )
    columns = describe(frame, cell_separator(path, encoding) == ";")
    guess = ""
    if target is None:
        found = propose_labels(
            [c for c in columns if c.name not in (*sides, *drop, id_column, group)]
        )
        names = tuple(n for n in dict.fromkeys((*labels, *found.names)))
        if not names:
            shown = "No column looks like a label: name it with --target COL."
            return Check(str(path), len(frame), columns, {}, (), notes, shown)
        reading["target"], reading["labels"] = names[0], names[1:]
        what = f"{names[0]!r}" if len(names) == 1 else f"{names[0]!r} and {len(names) - 1} more"
        why = f" ({found.why})" if found.names else ""
        guess = f"No --target is given; taken as the label{'s'[: len(names) - 1]} here: {what}{why}"
    plan, told = completed(reading, columns, frame)
    dataset, trouble = _loaded(path, plan)
    if dataset is None:
        roles = _roles(plan)
        return Check(str(path), len(frame), columns, roles, (), notes + told, guess, trouble, plan)
    away: dict[str, str] = {}
    if any(note.endswith(_AWAY) for note in dataset.notes):
        telling = telling_columns(dataset.features, dataset.labels, dataset.spec)
        away = {
            name: text
            for name, (score, text) in telling.items()
            if score >= _SAME or text.endswith(_AWAY[1])
        }
    if 0 < len(away) < dataset.features.shape[1]:
        plan["drop"] = (*plan["drop"], *away)
    found_notes = [
        *_marked(dataset.notes, away), *told, *rare_notes(dataset),
        *alike_notes(dataset),
        *_forgotten(plan, list(frame.columns)),
    ]  # fmt: skip
    return Check(
        str(path),
        len(frame),
        columns,
        _roles(plan),
        tuple(label_lines(dataset)),
        tuple(dict.fromkeys(found_notes)),
        guess,
        "",
        plan,
        train_command(path, plan),
    )


def _loaded(path: Path, plan: dict[str, Any]) -> tuple[Dataset | None, str]:
    """Return the rows as training would read them, or why it would not."""
    try:
        return load_table(path, **plan), ""
    except (DataError, LabelError) as error:
        return None, str(error)


def _marked(notes: Sequence[str], away: dict[str, str]) -> list[str]:
    """Return notes; those of columns that give the label away say that these are left out."""
    lines = {f"column {name!r} {text}" for name, text in away.items()}
    return [f"{note} Left out below, until you say so" if note in lines else note
            for note in notes if not note.startswith("read as dates: ")]  # fmt: skip


def _roles(plan: dict[str, Any]) -> dict[str, str]:
    several = bool(plan["labels"])
    roles = {plan["target"]: "label" if several else "target"}
    roles |= dict.fromkeys(plan["labels"], "label") | dict.fromkeys(plan["sides"], "side label")
    roles |= dict.fromkeys(plan["drop"], "left out")
    named = {"row id": plan["id_column"], "group": plan["group"]}
    return roles | {name: what for what, name in named.items() if name}


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
