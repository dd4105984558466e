"""What a comparison found, as frozen dataclasses."""

from __future__ import annotations

import dataclasses
import html
import math
from typing import Any

import pandas as pd

from labelfeed.comparison.decision import Outcome
from labelfeed.metrics.intervals import Interval

__all__ = ["ByValue", "Compared", "Comparison", "plain_json"]


@dataclasses.dataclass(frozen=True)
class Compared:
    """One contender, over all splits.

    Args:
        name: Its name.
        told: How it is called in tables.
        role: See `contenders.Contender`.
        reads: Whether it reads labels.
        scores: By point (what is known) and metric the mean over the splits; `None` where none.
        over_plain: Score minus that of plain, paired, corrected; `None` for plain itself.
        over_best: The same over the best of the *other* cheap peers, by its mean.
        best: Who that is.
        seconds: Mean time of a split, of fitting and predicting, the plain model below it included.
        bins: For ten bins of probability: labels, mean probability, share of present ones.
    """

    name: str
    told: str
    role: str
    reads: bool
    scores: dict[str, dict[str, float | None]]
    over_plain: Interval | None
    over_best: Interval | None
    best: str
    seconds: float
    bins: tuple[tuple[int, float, float], ...]


@dataclasses.dataclass(frozen=True)
class ByValue:
    """Scores on the rows with one value of a column.

    Args:
        column: The column.
        value: What stands in it.
        rows: Rows with it.
        scores: By contender the mean score; `None` where there is none.
        gain: Of what is told about (the first strategy, or what pays) over plain; `None` where
            there are too few rows for an interval.
    """

    column: str
    value: str
    rows: int
    scores: dict[str, float | None]
    gain: Interval | None


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Whether a label input pays on some rows, and what says so.

    `str()` is the sentence.

    Args:
        verdict: One sentence.
        decision: What it rests on.
        contenders: All that was compared.
        metric: What the verdict is made by.
        point: At which knowledge.
        splits: Splits that count.
        planned: Splits of the whole plan.
        folds: Folds of a repeat.
        rows: Labelled rows.
        by: Scores by a column.
        notes: What else the user should know: what was left out, and why.
        data: A summary of the rows, by its heading.
        seconds: Time that it took this time.
    """

    verdict: str
    decision: Outcome
    contenders: tuple[Compared, ...]
    metric: str
    point: str
    splits: int
    planned: int
    folds: int
    rows: int
    by: tuple[ByValue, ...] = ()
    notes: tuple[str, ...] = ()
    data: dict[str, str] = dataclasses.field(default_factory=dict)
    seconds: float = 0.0

    @property
    def pays(self) -> bool:
        """Whether a strategy beats every cheap peer."""
        return self.decision.kind == "pays"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON types; what cannot be computed is `None`."""
        found: dict[str, Any] = plain_json(dataclasses.asdict(self))
        return found

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each contender: scores where the verdict is made, and differences."""
        rows = []
        for one in self.contenders:
            gaps = {"over plain": one.over_plain, "over best peer": one.over_best}
            rows.append(
                {
                    "contender": one.told,
                    "role": one.role,
                    **one.scores[self.point],
                    **{
                        f"{name}{end}": None if gap is None else getattr(gap, field)
                        for name, gap in gaps.items()
                        for end, field in (("", "mean"), (" low", "low"), (" high", "high"))
                    },
                    "wins": None if one.over_best is None else one.over_best.wins,
                    "seconds": one.seconds,
                }
            )
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        """Return the sentence."""
        return self.verdict

    def _repr_html_(self) -> str:
        """Return the sentence and the table, for a notebook."""
        shown = self.to_frame()[["contender", self.metric, "over plain", "over best peer"]]
        table = shown.to_html(index=False, float_format=lambda v: f"{v:.3f}", na_rep="-")
        return f"<p><b>{html.escape(self.verdict)}</b></p>{table}"


def plain_json(value: object) -> Any:
    """Return JSON types: tuples as lists, and `None` for what is no finite number."""
    if isinstance(value, dict):
        return {str(key): plain_json(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
