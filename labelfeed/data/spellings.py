"""What every spelling of a column was read as, and how often: counted, kept, and said."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

from labelfeed.labels.cell_rules import CellState

__all__ = ["Spelling", "spellings_json"]


@dataclasses.dataclass(frozen=True)
class Spelling:
    """How one spelling in one column was read.

    Args:
        role: What the column is: `"label"`, `"side"` or `"feature"`.
        column: Its name.
        spelling: The text of the cells, or of the part of a cell that a separator cuts; `""` for
            empty cells. Of features, only words that may mean missing stand here.
        state: What it was read as.
        count: How many cells (or parts of cells) hold it.
        read_as: The class, the label of a part, or the target of an uncertain cell (`"0.6"`);
            `""` where there is none.
        guessed: Whether nobody declared it, and it could mean something else.

    Example:
        >>> Spelling("label", "grade", "none", "class", 148, "none", guessed=True).count
        148
    """

    role: Literal["label", "side", "feature"]
    column: str
    spelling: str
    state: CellState
    count: int
    read_as: str = ""
    guessed: bool = False


def spellings_json(spellings: Sequence[Spelling], role: str | None = None) -> dict[str, Any]:
    """Return spellings as JSON types by column: `{column: {spelling: [state, read_as, count]}}`.

    Args:
        spellings: What was read.
        role: Only the columns of this role; `None` for all.

    Example:
        >>> spellings_json([Spelling("label", "ill", "y", "yes", 3, "y")])
        {'ill': {'y': ['yes', 'y', 3]}}
    """
    out: dict[str, dict[str, Any]] = {}
    for entry in spellings:
        if role is None or entry.role == role:
            cells = out.setdefault(entry.column, {})
            cells[entry.spelling] = [entry.state, entry.read_as, entry.count]
    return out
