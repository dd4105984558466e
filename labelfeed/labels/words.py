"""How people write yes, no, and that there is no value: every spelling once, for every reader."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np

__all__ = [
    "EMPTY",
    "MISSING",
    "UNKNOWN_LABEL",
    "MissingWords",
    "is_missing",
    "other_word",
    "without_value",
    "yes_no",
]

_PAIRS = (("0", "1"), ("0.0", "1.0"), ("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"),
          ("absent", "present"), ("negative", "positive"), ("neg", "pos"))  # fmt: skip
_STATES = {word: state for pair in _PAIRS for state, word in enumerate(pair)}
_OTHER = {word: pair[1 - state] for pair in _PAIRS for state, word in enumerate(pair)}


@dataclasses.dataclass(frozen=True)
class MissingWords:
    """The words that stand for a value that is not there, in any case; all else is a value.

    Readers take one as an argument, so that a rule of another kind is written here and nowhere
    else.

    Args:
        words: The words, in lower case, without spaces around them.
        values: Words that are values here all the same, such as the names of classes.

    Example:
        >>> "N/A" in MISSING, "none" in MISSING.but(["none", "mild"]), "-1" in MISSING
        (True, False, False)
    """

    words: frozenset[str]
    values: frozenset[str] = frozenset()

    def __contains__(self, text: str) -> bool:
        """Tell whether a text means that there is no value."""
        word = text.strip()
        return word.lower() in self.words and word not in self.values

    def but(self, values: Iterable[str] | None) -> MissingWords:
        """Return the same words but for those that are values here: a class may be called `na`."""
        kept = frozenset(values or ()) - {""}
        return dataclasses.replace(self, values=self.values | kept)

    def blanked(self, texts: Iterable[str]) -> list[str | None]:
        """Return texts without spaces around them, `None` where they mean no value."""
        words, values = self.words, self.values
        found = [text.strip() for text in texts]
        return [None if t.lower() in words and t not in values else t for t in found]


EMPTY = MissingWords(frozenset({""}))
"""No value: the empty cell alone, as everywhere where nothing else is declared."""

MISSING = MissingWords(
    frozenset(
        {"", "?", "na", "n/a", "<na>", "nan", "none", "null", "unknown"}
        # what spreadsheets and C libraries write
        | {"#n/a", "#n/a n/a", "#na", "-nan", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"}
    )
)
"""No value, for whatever a column holds; -1 is a number there."""

UNKNOWN_LABEL = MissingWords(MISSING.words | {"-1", "-1.0"})
"""No value, for a label: -1 is the id of unknown."""


def is_missing(value: object, words: MissingWords = MISSING) -> bool:
    """Tell whether there is no value: None, NaN, a missing value of pandas, or a word for it.

    Args:
        value: A value of any type.
        words: The words.

    Example:
        >>> [is_missing(v) for v in (None, float("nan"), "", " NA ", "?", -1, "-1", 0)]
        [True, True, True, True, True, False, False, False]
        >>> is_missing("-1", UNKNOWN_LABEL)
        True
    """
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value in words if isinstance(value, str) else without_value(value)


def without_value(value: object) -> bool:
    """Tell whether a value is None, NaN, masked, or a missing value of pandas; no text is."""
    if value is None or value is np.ma.masked or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def yes_no(text: str) -> int | None:
    """Return 1 for yes (present, true, ...), 0 for no, and `None` for what is neither.

    Example:
        >>> [yes_no(word) for word in ("Yes", "f", "positive", "0", "maybe", "")]
        [1, 0, 1, 0, None, None]
    """
    return _STATES.get(text.strip().lower())


def other_word(word: str) -> str:
    """Return the word for the other state, in the same case; `word` means yes or no.

    Example:
        >>> other_word("Present"), other_word("NO"), other_word("t")
        ('Absent', 'YES', 'f')
    """
    other = _OTHER[word.lower()]
    if word.isupper():
        return other.upper()
    return other.capitalize() if word[0].isupper() else other
