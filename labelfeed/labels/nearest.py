"""The name that was probably meant: other case and spaces first, then misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

__all__ = ["listed", "nearest", "plain_spelling"]


def plain_spelling(text: str) -> str:
    """Return a word without what people spell differently: case, and spaces.

    Example:
        >>> plain_spelling(" No  Finding ")
        'no finding'
    """
    return " ".join(text.casefold().split())


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name that `word` was probably meant to be, `None` if none is close.

    Example:
        >>> nearest("male", ["Female", "Male"]), nearest("femal", ["Female", "Male"])
        ('Male', 'Female')
    """
    spelt: dict[str, str] = {}
    for name in names:
        spelt.setdefault(plain_spelling(name), name)
    wanted = plain_spelling(word)
    if wanted in spelt:
        return spelt[wanted]
    close = difflib.get_close_matches(wanted, spelt, 1)
    return spelt[close[0]] if close else None


def listed(names: Sequence[object], most: int = 8) -> str:
    """Return names as a message shows them: the first few, and how many there are.

    Example:
        >>> listed(["red", "green", "blue"], 2)
        "'red', 'green', ... (3 in all)"
    """
    shown = ", ".join(repr(n) for n in names[:most])
    return shown if len(names) <= most else f"{shown}, ... ({len(names)} in all)"
