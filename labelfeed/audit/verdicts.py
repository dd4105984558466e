"""What an audit may say, and how findings about the data change what it says about the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

__all__ = ["AuditWarning", "Verdict", "WarningKind", "weighed"]

Verdict = Literal["leak", "data leak", "suspect", "no leak found", "label not read", "cannot tell"]
WarningKind = Literal[
    "feature copy",
    "side label determines target",
    "shared groups",
    "shared rows",
    "feature tells target",
    "not compiled",
]

_LEAKS = ("feature copy", "side label determines target", "shared groups", "shared rows")
_SUSPECTS = ("feature tells target",)


@dataclasses.dataclass(frozen=True)
class AuditWarning:
    """What to look at beside what the model does with the label.

    Attributes:
        kind: `"feature copy"`, `"side label determines target"`, `"shared groups"` and
            `"shared rows"` are leaks of the data; `"feature tells target"` may be one; `"not
            compiled"` is about the audit.
        text: The same in words; `str(warning)`.
    """

    kind: WarningKind
    text: str

    def __str__(self) -> str:
        """Return the words."""
        return self.text


def weighed(
    verdict: Verdict, reasons: Sequence[str], warnings: Sequence[AuditWarning]
) -> tuple[Verdict, tuple[str, ...]]:
    """Return the verdict and its reasons when what was found in the data is counted too.

    A leak of the model stays one. Otherwise a leak of the data is the verdict, or else that a
    feature is suspect; what the model does comes behind it.

    Args:
        verdict: What the model does.
        reasons: Why that is said.
        warnings: What was found beside it.

    Example:
        >>> found = AuditWarning("shared groups", "P1 stands on both sides")
        >>> weighed("label not read", ["the outputs never change"], [found])
        ('data leak', ('P1 stands on both sides', 'label not read: the outputs never change'))
    """
    for heavier, kinds in (("data leak", _LEAKS), ("suspect", _SUSPECTS)):
        found = tuple(dict.fromkeys(w.text for w in warnings if w.kind in kinds))
        if found and verdict not in ("leak", "data leak", heavier):
            own = (f"{verdict}: {reason}" for reason in reasons)
            return heavier, (*found, *own)  # type: ignore[return-value]
    return verdict, tuple(reasons)
