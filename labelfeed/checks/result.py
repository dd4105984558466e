"""What a check found, and how it is shown."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from labelfeed.checks.columns import Column, named_ranges, percent
from labelfeed.checks.plan import in_lines
from labelfeed.printable import printable
from labelfeed.results import Result

__all__ = ["Check"]

_MANY = 24  # columns: more are told by their kinds
_PLURAL = {"number": "numbers", "category": "categories", "date": "dates", "label": "labels",
           "identifier": "identifiers", "text": "texts", "constant": "constants"}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Check(Result):
    """What stands in a table, what to look at before training, and how to train on it.

    `str()` is what `labelfeed check` prints.

    Args:
        source: The file.
        rows: Number of rows.
        columns: What each column is.
        roles: What columns are used for that are no features, by name: `"target"`, `"label"`,
            `"side label"`, `"row id"`, `"left out"`, ...
        labels: A header and a row for each label column; empty where the labels are not read.
        cells: A header and a row for each kind of cell: what it was read as, and how often.
        notes: What to look at, a line each.
        guess: Why these labels were taken where none were named; empty where they were.
        trouble: Why training would stop; empty where it would not.
        reading: The arguments of `load_table` that the command is made of.
        command: The command that trains on the file, word by word; empty where there is none.
        shape: Of the features of a row where these are no columns, such as `"28 x 28 x 1"`.
    """

    source: str
    rows: int
    columns: tuple[Column, ...]
    roles: Mapping[str, str] = dataclasses.field(default_factory=dict)
    labels: tuple[tuple[str, ...], ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    guess: str = ""
    trouble: str = ""
    reading: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    command: tuple[str, ...] = ()
    shape: str = ""

    def __str__(self) -> str:
        """Return everything as text of several lines."""
        what = f"of {self.shape}" if self.shape else f"and {len(self.columns):,} columns"
        rows = f"{self.rows:,} row{'s'[: self.rows != 1]}"
        parts = [f"{self.source}: {rows} {what}"]
        if self.columns:
            parts.append(_aligned([("column", "is", "values", "missing"), *self._column_lines()]))
        if self.guess:
            parts.append(self.guess)
        if self.labels:
            parts.append(_aligned(self.labels))
        if self.cells:
            parts.append(_aligned(self.cells))
        if self.notes:
            parts.append("\n".join(["Look at:", *(f"- {printable(n)}" for n in self.notes)]))
        if self.trouble:
            parts.append(f"Training would stop: {printable(self.trouble)}")
        if self.command:
            parts.append("\n".join(["Train with:", *map(printable, in_lines(self.command))]))
        return "\n\n".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Return the same as JSON types."""
        columns = [
            {"name": c.name, "is": self._what(c), "values": c.values, "missing": c.missing}
            for c in self.columns
        ]
        return {
            "source": self.source,
            "rows": self.rows,
            "columns": columns,
            "labels": _dicts(self.labels),
            "cells": _dicts(self.cells),
            "guess": self.guess,
            "notes": list(self.notes),
            "trouble": self.trouble,
            "command": list(self.command),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the same as `to_json`."""
        return self.to_json()

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each column: what it is, its values, and the share that is missing."""
        return pd.DataFrame(
            self.to_json()["columns"], columns=["name", "is", "values", "missing"]
        ).rename(columns={"name": "column"})

    def _column_lines(self) -> list[tuple[str, ...]]:
        names = [column.name for column in self.columns]
        many = sum(self._what(c) != "label" for c in self.columns) > _MANY
        groups: dict[tuple[str, str], list[Column]] = defaultdict(list)
        for column in self.columns:
            what = self._what(column)
            together = what == "label" or (many and what not in ("target", "group"))
            groups[what, "" if together else column.name].append(column)
        lines: list[tuple[str, ...]] = []
        for (what, _), found in groups.items():
            if len(found) == 1:
                column = found[0]
                gone = percent(column.missing) if column.missing else "-"
                lines.append((column.name, what, column.values, gone))
                continue
            gaps = [c.missing for c in found if c.missing]
            gone = f"{len(gaps)} of them, up to {percent(max(gaps))}" if gaps else "-"
            shown = named_ranges([c.name for c in found], names)
            lines.append((shown, f"{len(found):,} {_PLURAL.get(what, what)}", "", gone))
        return lines

    def _what(self, column: Column) -> str:
        return self.roles.get(column.name, column.kind)


def _dicts(lines: Sequence[tuple[str, ...]]) -> list[dict[str, str]]:
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def _aligned(lines: Sequence[tuple[str, ...]]) -> str:
    """Return lines of cells as text whose columns begin below each other."""
    shown = [[printable(cell) for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in shown
    )
