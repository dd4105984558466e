"""What every spelling of a column was read as, and how often: counted, kept, and said."""

from __future__ import annotations

import dataclasses
import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from labelfeed.labels.cell_rules import CellRules, CellState, plain_word
from labelfeed.labels.words import yes_no

__all__ = ["Spelling", "spelling_notes", "spellings_json", "unused_notes"]


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


def spellings_json(spellings: Sequence[Spelling]) -> dict[str, Any]:
    """Return spellings as JSON types: `{role: {column: {spelling: [state, read_as, count]}}}`.

    Args:
        spellings: What was read.

    Example:
        >>> spellings_json([Spelling("label", "ill", "y", "yes", 3, "y")])
        {'label': {'ill': {'y': ['yes', 'y', 3]}}}
    """
    out: dict[str, dict[str, dict[str, list[Any]]]] = {}
    for entry in spellings:
        cells = out.setdefault(entry.role, {}).setdefault(entry.column, {})
        cells[entry.spelling] = [entry.state, entry.read_as, entry.count]
    return out


def spelling_notes(spellings: Sequence[Spelling], declared: bool = True) -> tuple[str, ...]:
    """Return what a user should know: what was declared in one line, and a line for each guess.

    Args:
        spellings: What was read.
        declared: Whether to tell what was declared, too.

    Example:
        >>> read = [Spelling("label", "grade", "none", "class", 148, "none", guessed=True)]
        >>> spelling_notes(read)
        ("'none' 148 times in 'grade': read as a class; --missing none takes it for unknown",)
    """
    lines = []
    told = [e for e in spellings if e.spelling and not e.guessed and _told(e)]
    if told and declared:
        lines.append("cells: " + ", ".join(_declared(told)))
    lines += [
        f"{_times(group)}: read as {_READ[role, state]}; {_way_out(role, state, word)}"
        for (role, state, word), group in _groups(e for e in spellings if e.guessed).items()
        if role != "feature"
    ]
    for state in ("unknown", "class"):
        found = [e for e in spellings if e.guessed and e.role == "feature" and e.state == state]
        if found:
            groups = _groups(found).values()
            shown = ", ".join(_times(group) for group in list(groups)[:4])
            more = f" and {len(groups) - 4} words more" if len(groups) > 4 else ""
            way = "; --missing WORD takes one for missing" if state == "class" else ""
            lines.append(f"features: {shown}{more}: read as {_READ['feature', state]}{way}")
    return tuple(lines)


_READ = {
    ("label", "class"): "a class",
    ("label", "unknown"): "unknown",
    ("side", "class"): "a class",
    ("side", "unknown"): "unknown",
    ("feature", "class"): "categories",
    ("feature", "unknown"): "missing",
}


def unused_notes(spellings: Sequence[Spelling], cells: CellRules) -> tuple[str, ...]:
    """Return a line that names the declared words which no cell holds.

    Args:
        spellings: What was read.
        cells: What was declared.

    Example:
        >>> unused_notes([Spelling("label", "y", "NA", "unknown", 3)], CellRules(["NA", "N.N."]))
        ("declared, but in no cell: 'n.n.'",)
    """
    found = {plain_word(entry.spelling) for entry in spellings}
    words = [*cells.missing, *cells.keep, *cells.negative]
    words += cells.uncertain_words if cells.uncertain else ()
    words += [] if cells.none_word is None else [cells.none_word]
    absent = [word for word in words if word and plain_word(word) not in found]
    return (f"declared, but in no cell: {', '.join(map(repr, absent))}",) if absent else ()


def _told(entry: Spelling) -> bool:
    """Tell whether a spelling was read by what was declared, other than as it stands."""
    no = entry.state == "no" and entry.read_as != entry.spelling and yes_no(entry.spelling) is None
    return no or entry.state in ("none apply", "uncertain", "unknown")


def _declared(told: Sequence[Spelling]) -> list[str]:
    totals: Counter[tuple[str, str]] = Counter()
    for entry in told:
        what = f"{entry.state} ({entry.read_as})" if entry.state == "uncertain" else entry.state
        what = what.replace(" ()", " (unknown)").replace("(uncertain)", "(a class)")
        totals[entry.spelling, what] += entry.count
    return [f"{word!r} {count} times as {what}" for (word, what), count in totals.items()]


def _groups(spellings: Iterable[Spelling]) -> dict[tuple[str, str, str], list[Spelling]]:
    groups: dict[tuple[str, str, str], list[Spelling]] = {}
    for entry in spellings:
        groups.setdefault((entry.role, entry.state, entry.spelling), []).append(entry)
    return groups


def _times(group: Sequence[Spelling]) -> str:
    """Return how often a word stands in which columns."""
    count = sum(entry.count for entry in group)
    columns = ", ".join(repr(entry.column) for entry in group[:3])
    more = f" and {len(group) - 3} more" if len(group) > 3 else ""
    return f"{group[0].spelling!r} {count} times in {columns}{more}"


def _way_out(role: str, state: str, word: str) -> str:
    shown = shlex.quote(word)
    if state == "class":
        return f"--missing {shown} takes it for unknown"
    return f"--keep {shown} makes it a class"
