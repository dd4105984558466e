"""Text from data on a screen: nothing in a name may move the cursor, recolour, or hide a line."""

from __future__ import annotations

import re

__all__ = ["ACTS", "plural", "printable", "printable_lines"]

# C0 and C1 controls, deletion, and the marks that turn or hide text (bidirectional overrides and
# isolates, line and paragraph separators, invisible and interlinear marks), lone surrogates.
ACTS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def printable(text: object) -> str:
    r"""Return text of one line: what would act on a terminal stands there as it is escaped.

    Args:
        text: Anything; `str(text)` is shown.

    Example:
        >>> print(printable("\x1b[31mred\nline"))
        \x1b[31mred\nline
        >>> printable("größer: 5 €")
        'größer: 5 €'
    """
    return ACTS.sub(_escaped, str(text))


def printable_lines(text: object) -> str:
    """Return text of several lines, each as `printable` makes it."""
    return "\n".join(printable(line) for line in str(text).split("\n"))


def plural(count: int, thing: str) -> str:
    """Return how many there are of a thing.

    Args:
        count: How many.
        thing: Its name, whose plural ends in s.

    Example:
        >>> plural(1, "row"), plural(2, "row"), plural(1000, "known label")
        ('1 row', '2 rows', '1000 known labels')
    """
    return f"{count} {thing}" + ("" if count == 1 else "s")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
