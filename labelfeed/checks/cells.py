"""What every kind of cell was read as, and how often; and cells that hold several labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from labelfeed.data.joined_cells import lone_words
from labelfeed.data.odd_cells import joined_by
from labelfeed.data.spellings import Spelling
from labelfeed.labels.cell_rules import CellRules

__all__ = ["cell_lines", "several_in_a_cell"]

_SHOWN = 4
_ROLES = {"label": "labels", "side": "side labels", "feature": "features"}
_STATES = ("yes", "no", "class", "none apply", "uncertain", "unknown", "missing")
_EMPTY = "(empty)"


def cell_lines(spellings: Sequence[Spelling]) -> list[tuple[str, ...]]:
    """Return a header, and a row for each state of the cells: how many, and how they are written.

    Nothing if all are classes of one label: the table of labels tells these.

    Args:
        spellings: As `Dataset.spellings`.

    Example:
        >>> cell_lines([Spelling("label", "ill", "", "unknown", 2)])[1:]
        [('labels', 'unknown', '2', '(empty)')]
    """
    counts: dict[tuple[str, str], Counter[str]] = {}
    for entry in spellings:
        state: str = entry.state
        if entry.role == "feature" and state == "unknown":
            state = "missing"
        if entry.state == "uncertain":
            state = f"uncertain: {entry.read_as or 'unknown'}"
        words = counts.setdefault((entry.role, state), Counter())
        words[entry.spelling] += entry.count
    if {*counts} <= {("label", "class")} and len({entry.column for entry in spellings}) < 2:
        return []
    lines: list[tuple[str, ...]] = [("cells of", "read as", "how many", "written")]
    for role, state in sorted(counts, key=_place):
        words = counts[role, state]
        shown = [repr(w) if w else _EMPTY for w, _ in words.most_common(_SHOWN)]
        if len(words) > 1:
            shown = [
                f"{text} {n:,}" for text, (_, n) in zip(shown, words.most_common(), strict=False)
            ]
        more = f", ... ({len(words)} words)" if len(words) > _SHOWN else ""
        lines.append((_ROLES[role], state, f"{words.total():,}", ", ".join(shown) + more))
    return lines


def _place(key: tuple[str, str]) -> tuple[int, int]:
    role, state = key
    return list(_ROLES).index(role), _STATES.index(state.partition(":")[0])


def several_in_a_cell(name: str, texts: np.ndarray) -> tuple[CellRules, tuple[str, ...]]:
    """Return the separator of a column whose cells name several labels, and the word for none.

    Args:
        name: The column.
        texts: Its cells as text, `None` where missing.

    Returns:
        Rules that are empty where it is no such column, and a line for each guess.

    Example:
        >>> texts = np.array(["a|b", "none", "a", "b|c", "c", "none"], object)
        >>> rules, notes = several_in_a_cell("findings", texts)
        >>> rules.separator, rules.none_word
        ('|', 'none')
    """
    counts = Counter(text for text in texts if text is not None)
    found = joined_by(counts)
    if found is None:
        return CellRules(), ()
    separator, share = found
    parts: Counter[str] = Counter()
    beside: set[str] = set()
    for text, count in counts.items():
        words = [word.strip() for word in text.split(separator)]
        parts.update(dict.fromkeys(words, count))
        beside.update(words if len(words) > 1 else ())
    example = max((t for t in counts if separator in t), key=lambda t: counts[t])
    notes = [
        f"{share:.0%} of the cells of {name!r} hold {separator!r}, such as {example!r}: taken for "
        f"several labels in a cell (--separator), {len(parts)} words in all"
    ]
    none = next(iter(lone_words(parts, beside)), None)
    if none is not None:
        notes.append(
            f"{none!r} stands beside no other word of {name!r}: taken to say that none applies, so "
            "that every label is no (--none-word)"
        )
    return CellRules(separator=separator, none_word=none), tuple(notes)
