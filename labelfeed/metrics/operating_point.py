"""A threshold for a wanted sensitivity or precision, and what it does on other rows."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Literal

import numpy as np
from scipy import stats

__all__ = ["FEWEST", "Goal", "Proportion", "operating_point", "proportion", "threshold_for"]

FEWEST = 10  # rows below which an interval of a share says nothing of use


@dataclasses.dataclass(frozen=True)
class Goal:
    """What a threshold shall reach.

    Args:
        kind: `"sensitivity"` or `"precision"`.
        value: In (0, 1).
        name: The class or label it is about; `None` for all.

    Raises:
        ValueError: It is not in (0, 1).
    """

    kind: Literal["sensitivity", "precision"]
    value: float
    name: str | None = None

    def __post_init__(self) -> None:
        """Check the value."""
        if not 0 < self.value < 1:
            raise ValueError(
                f"--{self.kind} must be above 0 and below 1 (95 %: 0.95), got {self.value:g}."
            )

    @classmethod
    def of(cls, kind: Literal["sensitivity", "precision"], text: str) -> Goal:
        """Return the goal that a user wrote: `0.95`, or `ill=0.95`.

        Example:
            >>> Goal.of("precision", "ill=0.9")
            Goal(kind='precision', value=0.9, name='ill')
        """
        name, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            raise ValueError(f"--{kind} takes 0.95 or NAME=0.95, got {text!r}.") from None
        return cls(kind, value, name.strip() or None)


@dataclasses.dataclass(frozen=True)
class Proportion:
    """A share of rows with its interval.

    Args:
        count: Rows that count.
        rows: Out of so many.
        value: `count / rows`; `None` of no row.
        low: Lower end of the 95 % interval; `None` below `FEWEST` rows.
        high: Upper end.
    """

    count: int
    rows: int
    value: float | None
    low: float | None
    high: float | None


def proportion(count: int, rows: int, confidence: float = 0.95) -> Proportion:
    """Return a share with its exact interval, which covers at least as often as it says.

    Args:
        count: Rows that count.
        rows: Out of so many.
        confidence: In (0, 1).

    References:
        Clopper and Pearson 1934, The use of confidence or fiducial limits.

    Example:
        >>> got = proportion(19, 20)
        >>> f"{got.value:.2f} [{got.low:.2f}, {got.high:.2f}]"
        '0.95 [0.75, 1.00]'
    """
    value = count / rows if rows else None
    if rows < FEWEST:
        return Proportion(count, rows, value, None, None)
    tail = (1 - confidence) / 2
    low = float(stats.beta.ppf(tail, count, rows - count + 1)) if count else 0.0
    high = float(stats.beta.ppf(1 - tail, count + 1, rows - count)) if count < rows else 1.0
    return Proportion(count, rows, value, low, high)


def threshold_for(goal: Goal, present: np.ndarray, p: np.ndarray) -> float | None:
    """Return the threshold that reaches a goal on these rows; `None` where none does.

    Of those with the wanted sensitivity it is the greatest, of those with the wanted precision
    the lowest, which finds most. A row with `p >= threshold` is called positive.

    Args:
        goal: What to reach.
        present: bool `(n,)`: whether the label is there.
        p: Its probabilities `(n,)`.

    Example:
        >>> present, p = np.array([0, 0, 1, 0, 1, 1]) == 1, np.array([.1, .2, .3, .4, .8, .9])
        >>> threshold_for(Goal("sensitivity", 0.9), present, p)
        0.3
        >>> threshold_for(Goal("precision", 0.9), present, p)
        0.8
    """
    found = np.sort(p[present])[::-1]
    if not len(found):
        return None
    if goal.kind == "sensitivity":
        needed = math.ceil(goal.value * len(found) - 1e-9)
        return float(found[max(needed, 1) - 1])
    levels = np.unique(p)[::-1]
    called = np.searchsorted(np.sort(-p), -levels, side="right")
    right = np.searchsorted(-found, -levels, side="right")
    good = np.flatnonzero(right >= goal.value * called - 1e-9)
    return float(levels[good[-1]]) if len(good) else None


def operating_point(
    goal: Goal,
    chosen: tuple[np.ndarray, np.ndarray],
    scored: tuple[np.ndarray, np.ndarray],
    prior: float | None = None,
) -> dict[str, Any]:
    """Return a threshold from some rows, and what it does on others, as JSON types.

    Args:
        goal: What to reach.
        chosen: `present` and `p` of the rows that choose, as for `threshold_for`.
        scored: The same of other rows.
        prior: How frequent the label is where the threshold will be used, if that is stated.

    Returns:
        `threshold` (`None` where there is none), `positives` and `rows` of both parts, of the
        scored one a `Proportion` each for `sensitivity`, `specificity` and `precision`, with a
        prior also `precision_at_prior`; `notes`, a sentence each.
    """
    present, p = scored
    rows = {
        name: {"positives": int(part[0].sum()), "rows": len(part[0])}
        for name, part in (("chosen_on", chosen), ("scored_on", scored))
    }
    threshold = threshold_for(goal, *chosen)
    result: dict[str, Any] = {"threshold": threshold, **rows, "notes": []}
    notes, seen = result["notes"], rows["chosen_on"]["positives"]
    if threshold is None:
        reason = "no row that chooses has it" if not seen else "no threshold reaches it there"
        notes.append(f"no threshold: {reason}")
        return result
    if goal.kind == "sensitivity" and seen * (1 - goal.value) < 1 - 1e-9:
        notes.append(
            f"rows with it that choose: only {seen}, of which {goal.value:.0%} is all, so the "
            "threshold is the least probability among them"
        )
    called = p >= threshold
    hits = int((called & present).sum())
    shares = {
        "sensitivity": proportion(hits, int(present.sum())),
        "specificity": proportion(int((~called & ~present).sum()), int((~present).sum())),
        "precision": proportion(hits, int(called.sum())),
    }
    result |= {name: dataclasses.asdict(share) for name, share in shares.items()}
    few = [f"{name} ({share.rows})" for name, share in shares.items() if share.low is None]
    if few:
        notes.append(f"too few of the scored rows for an interval of {', '.join(few)}")
    true, false = shares["sensitivity"].value, shares["specificity"].value
    if prior is not None and true is not None and false is not None:
        alarms = true * prior + (1 - false) * (1 - prior)
        at = true * prior / alarms if alarms else None
        result["precision_at_prior"] = {"prior": prior, "value": at}
    return result
