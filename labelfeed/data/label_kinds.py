"""Is a label column yes/no, or one of several classes? And the words that it is written in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

import numpy as np

from labelfeed.data.classes import check_classes, natural
from labelfeed.labels.spec import LabelSpec
from labelfeed.labels.words import other_word, yes_no

__all__ = ["spec_of_columns"]

_NOTHING: Mapping[str, Collection[str]] = {}


def spec_of_columns(
    texts: Mapping[str, np.ndarray],
    source: str,
    name: str,
    kept: Mapping[str, Collection[str]] = _NOTHING,
) -> LabelSpec:
    """Return the multi label of several columns: yes/no where the words are, else classes.

    A column in which yes/no words stand beside values that occur once each is taken for a yes/no
    column with mistakes, which encoding then names.

    Args:
        texts: For each column its values as `as_text` gives them.
        source: The file, for messages.
        name: Name of the multi label.
        kept: Values by column that are known to be classes.

    Returns:
        `LabelSpec.columns` with `words` where a yes/no column is written otherwise than 0 and 1.

    Raises:
        DataError: A column looks like a measurement or an identifier.

    Example:
        >>> from labelfeed.data.labelling import as_text
        >>> fever, colour = as_text(["yes", "no", "no"]), as_text(["red", "blue", "red"])
        >>> spec = spec_of_columns({"fever": fever, "colour": colour}, "f.csv", "labels")
        >>> spec.names, spec.words
        (('fever', 'colour=blue', 'colour=red'), (('fever', 'no', 'yes'),))
    """
    names: list[str] = []
    class_columns, words = [], []
    for column, values in texts.items():
        counts = Counter(v for v in values if v is not None)
        foreign = {v: n for v, n in counts.items() if yes_no(v) is None}
        if declared := {v for v in foreign if v in kept.get(column, ())}:
            foreign.update(dict.fromkeys(declared, 2))  # nobody's mistake, however rare
        if not foreign or (len(foreign) < len(counts) and max(foreign.values()) == 1):
            names.append(column)
            no, yes = _words(counts)
            if (no, yes) != ("0", "1"):
                words.append((column, no, yes))
            continue
        classes = tuple(sorted(counts, key=natural))
        if len(classes) > 1:
            check_classes(classes, values, column, source)
        names += [f"{column}={c}" for c in classes]
        class_columns.append((column, classes))
    return LabelSpec("multi", len(names), tuple(names), name, tuple(class_columns), tuple(words))


def _words(counts: Counter[str]) -> tuple[str, str]:
    """Return the words for absent and present; of several, the most frequent."""
    best: dict[int, str] = {}
    for word, _ in counts.most_common():
        state = yes_no(word)
        if state is not None:
            best.setdefault(state, word)
    if not best:
        return "0", "1"
    for state in (0, 1):
        if state not in best:
            best[state] = other_word(best[1 - state])
    return best[0], best[1]
