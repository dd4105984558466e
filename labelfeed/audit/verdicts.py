"""What an audit may say, and how what it finds changes what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from labelfeed.audit.findings import Finding

__all__ = ["Verdict", "weighed"]

Verdict = Literal["leak", "data leak", "suspect", "no leak found", "label not read", "cannot tell"]

_NONE: tuple[Verdict, ...] = ("no leak found", "label not read")
_HEAVIEST: tuple[Verdict, ...] = ("leak", "data leak", "suspect")


def weighed(
    verdict: Verdict, reasons: Sequence[str], findings: Sequence[Finding]
) -> tuple[Verdict, tuple[str, ...]]:
    """Return the verdict and its reasons when what was found beside it is counted too.

    A leak of the model stays one. Otherwise a leak of the data is the verdict, or else that
    something is suspect; what the model does comes behind it.

    Args:
        verdict: What is said so far.
        reasons: Why that is said.
        findings: What was found beside it.

    Example:
        >>> found = Finding("shared groups", "P1 stands on both sides")
        >>> weighed("label not read", ["the outputs never change"], [found])
        ('data leak', ('P1 stands on both sides', 'label not read: the outputs never change'))
    """
    for heavier in _HEAVIEST:
        found = tuple(dict.fromkeys(f.text for f in findings if f.weight == heavier))
        if verdict == heavier:
            return verdict, tuple(dict.fromkeys((*reasons, *found)))
        if found:
            alone = "by its predictions alone " if verdict in _NONE and heavier == "leak" else ""
            return heavier, (*found, *(f"{alone}{verdict}: {reason}" for reason in reasons))
    return verdict, tuple(reasons)
