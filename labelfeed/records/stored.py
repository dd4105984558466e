"""A run as its files tell of it: everything but the network, read without Keras."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.records.held_out import HELD_OUT, HeldOut
from labelfeed.records.record import read_object, read_record, read_split
from labelfeed.records.training_log import LOG, read_log

__all__ = ["CARD", "StoredRun", "read_stored", "said_spellings"]

CARD = "card.md"

_STATES = {"unknown": "unknown", "none": "none of the labels", "drop": "left out"}


@dataclasses.dataclass(frozen=True, eq=False)
class StoredRun:
    """What stands in a run folder.

    Args:
        name: Name of the folder.
        spec: What the labels are.
        sides: The same of each side label.
        options: As of `Run`, and likewise those that follow.
        data: How the training file was read.
        metrics: Scores and training.
        versions: Versions.
        split: Row positions in the training file by part.
        preprocessor: What became of the features.
        held_out: Predictions of the held-out rows; `None` where nobody kept them.
        log: Lines of its training.
    """

    name: str
    spec: LabelSpec
    sides: tuple[LabelSpec, ...]
    options: dict[str, Any]
    data: dict[str, Any]
    metrics: dict[str, Any]
    versions: dict[str, Any]
    split: dict[str, list[int]]
    preprocessor: Preprocessor
    held_out: HeldOut | None
    log: list[dict[str, Any]]

    @property
    def training(self) -> dict[str, Any]:
        """What was kept of the training."""
        found = self.metrics.get("training", {})
        return found if isinstance(found, dict) else {}

    @property
    def strategy(self) -> str:
        """Its strategy."""
        return str(self.options.get("strategy", "unknown strategy"))

    @property
    def command(self) -> str:
        """What was typed; `""` where that was not kept."""
        found = self.data.get("command")
        return found if isinstance(found, str) else ""

    @property
    def notes(self) -> list[str]:
        """What the training said."""
        found = self.data.get("notes")
        return [line for line in found if isinstance(line, str)] if isinstance(found, list) else []


def read_stored(folder: str | Path) -> StoredRun:
    """Read a run folder without its network.

    Args:
        folder: The folder.

    Raises:
        ValueError: A file is missing or broken; says which.
    """
    folder = Path(folder)
    spec, parts = read_record(folder / "run.json")
    if parts["options"].get("strategy") == "generate":
        raise ValueError(
            f"{folder} is a generator: labelfeed evaluate {folder} DATA --report FILE.html makes "
            "its page."
        )
    sides = tuple(LabelSpec.from_config(c) for c in read_object(folder / "run.json")["sides"])
    path = folder / HELD_OUT
    return StoredRun(
        folder.resolve().name,
        spec,
        sides,
        **parts,
        split=read_split(folder / "split.json"),
        preprocessor=Preprocessor.from_json(read_object(folder / "preprocess.json")),
        held_out=HeldOut.load(path, spec) if path.is_file() else None,
        log=read_log(folder / LOG),
    )


def said_spellings(data: dict[str, Any], most: int = 8) -> dict[str, str]:
    """Return by label column what its cells were read as, in words, the most frequent ones first.

    Args:
        data: How the training file was read; `"spellings"` of it, as `spellings_json` made them.
        most: Spellings of a column that are told.

    Example:
        >>> said_spellings({"spellings": {"label": {"ill": {"y": ["yes", "y", 3]}}}})
        {'ill': "'y' as yes (3)"}
    """
    found: dict[str, str] = {}
    roles = data.get("spellings")
    for role in roles.values() if isinstance(roles, dict) else ():
        for column, cells in role.items() if isinstance(role, dict) else ():
            told = [(t, v) for t, v in cells.items() if isinstance(v, list) and len(v) == 3]
            told.sort(key=lambda item: -item[1][2] if isinstance(item[1][2], int) else 0)
            shown = [_said(text, *value) for text, value in told[:most]]
            more = f", {len(told) - most} more" if len(told) > most else ""
            found[str(column)] = ", ".join(shown) + more
    return found


def _said(text: str, state: object, read_as: object, count: object) -> str:
    what = _STATES.get(str(state), str(state))
    if state in ("class", "label", "value", "uncertain") and read_as not in ("", text):
        what = f"{what} {read_as}" if state == "uncertain" else str(read_as)
    cell = repr(text) if text else "empty"
    same = what in (text, "class")
    return f"{cell} ({count})" if same else f"{cell} as {what} ({count})"
