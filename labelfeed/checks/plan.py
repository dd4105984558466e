"""How a file is to be read: what the user says and what follows from it, and the command for it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from labelfeed.checks.columns import Column

__all__ = ["command_lines", "completed"]

# The options of `labelfeed train` by the arguments of `load_table`, in the order of the command.
_FLAGS = {
    "target": "--target",
    "labels": "--label",
    "sides": "--side",
    "id_column": "--id-column",
    "drop": "--drop",
    "dates": "--dates",
    "decimal": "--decimal",
    "encoding": "--encoding",
}
_WIDTH = 100
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
    taken = {plan["target"], *plan["labels"], *plan["sides"], *plan["drop"], plan["id_column"]}
    dated = {item.partition("=")[0] for item in plan["dates"]}
    free = [c for c in columns if c.name not in taken]
    notes = []
    for column in free:
        if column.name in dated:
            continue
        if column.trouble:
            plan["drop"] = (*plan["drop"], column.name)
            notes.append(f"column {column.name!r} left out: {column.trouble}")
        elif column.options[:1] == ("--dates",):
            plan["dates"] = (*plan["dates"], column.name)
        elif column.options and plan["decimal"] is None:
            plan["decimal"] = column.options[1]
    if plan["id_column"] is None:
        ids = [c for c in free if c.kind == "identifier" and c.missing == 0]
        ids = [c for c in ids if frame[c.name].is_unique]
        named = [c for c in ids if _IDENTIFIER.search(c.name)]
        plan["id_column"] = next((c.name for c in (*named, *ids)), None)
    return plan, tuple(notes)


def command_lines(path: Path, plan: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the `labelfeed train` command of a plan, quoted for a shell, on lines of 100 letters.

    Example:
        >>> plan = {"target": "well?", "labels": (), "drop": ("day", "x|y")}
        >>> print(*command_lines(Path("rows.csv"), plan))
        labelfeed train rows.csv --target 'well?' --drop day --drop 'x|y' --out rows-run
    """
    parts = [shlex.join(("labelfeed", "train", str(path)))]
    for name, flag in _FLAGS.items():
        value = plan.get(name)
        values = [] if value is None else [value] if isinstance(value, str) else list(value)
        # A value that begins with a hyphen would pass for an option.
        parts += [shlex.join([f"{flag}={v}"] if v.startswith("-") else [flag, v]) for v in values]
    parts.append(shlex.join(("--out", _free_out(path))))
    lines, line = [], ""
    for part in parts:
        if line and len(line) + len(part) > _WIDTH - 3:
            lines.append(f"{line} \\")
            line = "   "
        line = f"{line} {part}" if line else part
    return (*lines, line)


def _free_out(path: Path) -> str:
    stem = re.sub(r"\.(csv|tsv|parquet|pq|xlsx|npz)(\.gz)?$", "", path.name, flags=re.I)
    name, number = f"{stem.lstrip('-') or 'my'}-run", 2
    while Path(name).exists():
        name, number = f"{stem.lstrip('-') or 'my'}-run-{number}", number + 1
    return name
