"""A column whose cells name the labels that a row has, `A|B`: one yes/no label for each name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable

import numpy as np

from labelfeed.data.classes import natural
from labelfeed.data.dataset import DataError
from labelfeed.data.label_cells import counted
from labelfeed.data.labelling import (
    COUNTED,
    Labelled,
    as_text,
    constant_notes,
    encode_labels,
)
from labelfeed.data.spellings import Spelling
from labelfeed.labels.cell_rules import CellRules, CellState
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.joined import parts_of
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Cells

__all__ = ["joined_labels", "lone_words"]

_NONE = re.compile(r"(no|none|normal|nothing|healthy|negative)\b", re.IGNORECASE)


def joined_labels(
    values: Cells, name: str, spec: LabelSpec | None, source: str, cells: CellRules
) -> Labelled:
    """Return labels of a column whose cells name those that a row has: `A|B`.

    Args:
        values: The cells.
        name: The column.
        spec: Spec of a saved run; `None` makes a yes/no label of each name, sorted.
        source: The file, for messages.
        cells: The separator, the none word, and the words for unknown.

    Raises:
        DataError: There is no label, or they look like free text.
        LabelError: A label that `spec` does not have, or none and others in one cell; names the
            row.
    """
    texts = as_text(values)
    parts: Counter[str] = Counter()
    whole: Counter[tuple[str, CellState]] = Counter()
    alone: set[str] = set()
    for text, count in (*counted(texts)[1].items(), ("", sum(text is None for text in texts))):
        try:
            found = parts_of(text, cells)
        except ValueError as error:
            row = int(np.argmax(texts == text)) + 1
            place = LabelError(row=row, column=name, value=text, expected=str(error))
            raise place.within(source, COUNTED) from error
        if found:
            parts.update(dict.fromkeys(found, count))
            alone.update(found if len(found) > 1 else ())
        elif count:
            whole[text, "unknown" if found is None else "none apply"] += count
    fresh = spec is None
    if spec is None:
        if not parts:
            raise DataError(f"{source}: the target {name!r} is missing in every row.")
        if len(parts) > max(20, len(texts) / 2):
            raise DataError(
                f"{source}: the target {name!r} has {len(parts)} different parts in {len(texts)} "
                f"rows (for example {next(iter(parts))!r}): free text, and no labels?"
            )
        spec = LabelSpec.multi(sorted(parts, key=natural), name=name)
    labels = encode_labels(spec, texts, source, cells)
    spellings = [Spelling("label", name, word, state, n) for (word, state), n in whole.items()]
    names = set(spec.names or ())
    for part, count in parts.most_common():
        known = part in names
        state: CellState = "yes" if known else "unknown"
        spellings.append(Spelling("label", name, part, state, count, part if known else ""))
    notes: tuple[str, ...] = ()
    if fresh:
        soft = np.full(labels.shape, np.nan)
        notes = _none_word(parts, alone, cells) + constant_notes(labels, spec, soft, source, [name])
    return Labelled(labels, spec, notes, None, tuple(spellings))


def _none_word(parts: Counter[str], others: set[str], cells: CellRules) -> tuple[str, ...]:
    """Return a line if a label stands never beside others and sounds like none of them."""
    if cells.none_word is not None or not others:
        return ()
    lone = lone_words(parts, others)
    return tuple(
        f"label {part!r} ({parts[part]} times) stands beside no other: if it says that none "
        f"applies, --none-word {part!r}"
        for part in lone[:1]
    )


def lone_words(parts: Iterable[str], others: Container[str]) -> list[str]:
    """Return the words that stand never beside others and sound like none of them."""
    return [part for part in parts if part not in others and _NONE.match(part)]
