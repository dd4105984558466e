"""Which columns of a table may be the labels, where nobody has named them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from labelfeed.checks.columns import Column

__all__ = ["Proposal", "alike", "propose_labels"]

_TARGET = re.compile(
    r"(^|[^a-z])(target|class(es)?|labels?|y|outcomes?|diagnos(is|es|ed?)|befunde?|diseases?|findings?|"
    r"results?|response|grades?|species|quality|survived|died|deaths?|mortality|complications?)"
    r"[ _-]?\d*$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[ _.-]?\d+$")
_MOST_CLASSES = 20
_OTHERS = 0.2  # of the other columns may be yes/no for a block of such at the end to stand out


@dataclasses.dataclass(frozen=True)
class Proposal:
    """Columns that may be the labels.

    Args:
        names: The columns, in the order of the file; empty where nothing speaks for any.
        why: What speaks for them.
    """

    names: tuple[str, ...] = ()
    why: str = ""


def propose_labels(columns: Sequence[Column]) -> Proposal:
    """Return the columns that look most like labels.

    That is by name (`diagnosis`, `class`, `complication1` to `complication12`), or a block of
    yes/no columns at the end of a table of other columns, or a last or first column of classes.

    Args:
        columns: As `describe` returns them.

    Example:
        >>> made = [Column("age", "number", "", 60, 0), Column("ill", "yes/no", "", 2, 0)]
        >>> propose_labels(made).names
        ('ill',)
    """
    fit = [c for c in columns if _of_classes(c)]
    named = [c for c in fit if _TARGET.search(c.name)]
    if named:
        first = named[0].name
        block = (first, *alike([first], [c.name for c in fit]))
        several = len(block) > 1
        return Proposal(block, "their names" if several else "its name")
    last = _last_block(columns)
    others = columns[: len(columns) - len(last)]
    if len(last) > 1 and sum(c.kind == "yes/no" for c in others) <= _OTHERS * len(others):
        why = f"the last {len(last)} columns are yes/no, and few of the others"
        return Proposal(tuple(c.name for c in last), why)
    for column, where in ((columns[-1], "last"), (columns[0], "first")):
        if column in fit and column.kind != "text":
            return Proposal((column.name,), f"the {where} column has classes")
    return Proposal()


def alike(given: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Return the other names that differ from a given one in a number at the end alone.

    Example:
        >>> alike(["complication1"], ["complication1", "complication2", "x1"])
        ('complication2',)
    """
    stems = {_NUMBERED.sub("", name) for name in given if _NUMBERED.search(name)}
    return tuple(
        name
        for name in names
        if name not in given and _NUMBERED.search(name) and _NUMBERED.sub("", name) in stems
    )


def _of_classes(column: Column) -> bool:
    if column.kind in ("yes/no", "category", "text"):
        return True
    return column.kind == "number" and column.whole and column.different <= _MOST_CLASSES


def _last_block(columns: Sequence[Column]) -> list[Column]:
    block: list[Column] = []
    for column in reversed(columns):
        if column.kind != "yes/no":
            break
        block.insert(0, column)
    return block
