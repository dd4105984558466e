"""How a file is to be read: what the user says and what follows from it, and the command for it."""

from __future__ import annotations

import glob
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from labelfeed.checks.columns import Column
from labelfeed.data.groups import propose_group
from labelfeed.labels.cell_rules import CellRules
from labelfeed.types import DataPath

__all__ = ["completed", "in_lines", "train_command"]

# The options of `labelfeed train` by the arguments of `load_table`, in the order of the command.
_FLAGS = {
    "target": "--target",
    "labels": "--label",
    "sides": "--side",
    "side_ranges": "--ranges",
    "order": "--order",
    "weights": "--weight",
    "group": "--group",
    "id_column": "--id-column",
    "drop": "--drop",
    "dates": "--dates",
    "decimal": "--decimal",
    "encoding": "--encoding",
}
_IDENTIFIER = re.compile(r"(^|[^a-z])(id|nr|no|index|number|uuid|guid|key|name|file)$", re.I)


def completed(
    reading: Mapping[str, Any], columns: Sequence[Column], frame: pd.DataFrame
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the arguments of `load_table` with what the columns call for, and why, a line each.

    Args:
        reading: What the user says; labels are named.
        columns: As `describe` returns them.
        frame: The rows.
    """
    plan = dict(reading)
    taken = {plan[name] for name in ("target", "id_column", "group")}
    taken |= {item.rpartition("=")[2] for item in plan["weights"]}
    taken |= {*plan["labels"], *plan["sides"], *plan["drop"]}
    dated = {item.partition("=")[0] for item in plan["dates"]}
    free = [c for c in columns if c.name not in taken]
    notes: list[str] = []
    if plan["group"] is None and plan["target"] is not None:
        found = propose_group(frame[[c.name for c in free]])
        if found is not None:
            plan["group"] = found.column
            notes.append(
                f"{found.column!r} may tell patients or the like: {found.values:,} values in "
                f"{found.rows:,} rows, up to {found.largest:,} rows each ({found.why}). --group "
                "keeps the rows of each on one side of the split"
            )
    free = [c for c in free if c.name != plan["group"]]
    for column in free:
        if column.name in dated:
            continue
        if column.trouble:
            plan["drop"] = (*plan["drop"], column.name)
            notes.append(f"column {column.name!r} left out: {column.trouble}")
        elif column.options[:1] == ("--dates",):
            plan["dates"] = (*plan["dates"], column.name)
        elif column.options[:1] == ("--missing",):
            words = column.options[1:]
            declared = [word for word in words if plan["cells"].declared(word) is None]
            if declared:
                plan["cells"] = plan["cells"].plus(CellRules(missing=declared))
                shown = " and ".join(map(repr, declared))
                notes.append(
                    f"{shown} among the numbers of {column.name!r}: taken for missing (--missing)"
                )
        elif column.options and plan["decimal"] is None:
            plan["decimal"] = column.options[1]
    if plan["id_column"] is None:
        ids = [c for c in free if c.kind == "identifier" and c.missing == 0]
        ids = [c for c in ids if frame[c.name].is_unique]
        named = [c for c in ids if _IDENTIFIER.search(c.name)]
        plan["id_column"] = next((c.name for c in (*named, *ids)), None)
    return plan, tuple(notes)


def train_command(path: DataPath, plan: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the `labelfeed train` command of a plan, word by word.

    Example:
        >>> plan = {"target": "well?", "labels": (), "drop": ("day", "x|y")}
        >>> for line in in_lines(train_command(Path("rows.csv"), plan)):
        ...     print(line)
        labelfeed train rows.csv --target 'well?' --drop day --drop 'x|y' --out rows-run
    """
    named = [str(path)] if isinstance(path, (str, Path)) else [str(file) for file in path]
    words = ["labelfeed", "train", *named]
    for name, flag in _FLAGS.items():
        value = plan.get(name)
        if isinstance(value, Mapping):
            value = [f"{column}={_joined(name, parts)}" for column, parts in value.items()]
        values = [] if value is None else [value] if isinstance(value, str) else value
        for v in values:  # one that begins with a hyphen would pass for an option
            words += [f"{flag}={v}"] if v.startswith("-") else [flag, v]
    rules = plan.get("cells")
    for name, given in (rules.to_json() if rules is not None else {}).items():
        flag = f"--{name.removesuffix('s') if name == 'uncertain_words' else name}".replace(
            "_", "-"
        )
        if name == "uncertain":
            given = [f"{column}={how}" if column else how for column, how in given.items()]
        for v in [given] if isinstance(given, str) else given:
            words += [f"{flag}={v}"] if v.startswith("-") else [flag, v]
    several = len(named) > 1 or glob.has_magic(named[0])
    place = Path(named[0])
    return (*words, "--out", _free_out(place.parent if several else place))


def in_lines(words: Sequence[str], width: int = 100) -> tuple[str, ...]:
    """Return a command on lines that a shell reads as one: quoted, with a backslash at the ends."""
    parts: list[str] = []
    for word in words:
        if parts and not word.startswith("-") and re.fullmatch("--[a-z-]+", parts[-1]):
            parts[-1] += f" {shlex.quote(word)}"
        else:
            parts.append(shlex.quote(word))
    lines: list[str] = []
    line = parts[0] if parts else ""
    for part in parts[1:]:
        if len(line) + len(part) > width - 3 and line.count(" ") > 1:
            lines.append(f"{line} \\")
            line = "   "
        line = f"{line} {part}"
    return (*lines, line)


def _joined(option: str, parts: Any) -> str:
    """Return classes in order or cut points as an option has them."""
    if option == "order":
        return (" < " if any("<" in part for part in parts) else "<").join(parts)
    return str(parts) if isinstance(parts, int) else ",".join(f"{part:g}" for part in parts)


def _free_out(path: Path) -> str:
    stem = re.sub(r"\.(csv|tsv|parquet|pq|xlsx|npz)(\.gz)?$", "", path.name, flags=re.I)
    name, number = f"{stem.lstrip('-') or 'my'}-run", 2
    while Path(name).exists():
        name, number = f"{stem.lstrip('-') or 'my'}-run-{number}", number + 1
    return name
