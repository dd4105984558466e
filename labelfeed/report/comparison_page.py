"""The page of a comparison: the verdict, who was compared, charts, the rows, the command."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence
from pathlib import Path

from labelfeed import __version__
from labelfeed.comparison.decision import ALPHA, peers_of
from labelfeed.comparison.result import ByValue, Compared, Comparison
from labelfeed.comparison.summary import UNITS, in_unit
from labelfeed.metrics.intervals import Interval
from labelfeed.report.charts import curve, forest, reliability
from labelfeed.report.page import Part, write_page
from labelfeed.report.tables import Table, figure

__all__ = [
    "comparison_parts",
    "comparison_table",
    "metric_title",
    "versions_line",
    "write_comparison_page",
]

_NOTE = (
    "Mean over the splits; differences are paired, split by split, with their 95 % interval, "
    "corrected for splits that share rows (Nadeau and Bengio 2003). The best other peer is the one "
    "with the best mean, picked afterwards: that makes it look too good rather than too bad. Ahead "
    "in: splits in which the score is above its. Seconds: of a split, with the plain model below."
)
_PACKAGES = ("numpy", "pandas", "scikit-learn", "scipy", "lightgbm")


def write_comparison_page(path: Path, found: Comparison, command: str = "") -> None:
    """Write the page of a comparison; it needs no other file and no network.

    Args:
        path: `.html` file to write.
        found: The comparison.
        command: What was typed, shown at the end.
    """
    parts = comparison_parts(found, command)
    write_page(path, "Does a label input pay here?", parts, lead=found.verdict)


def comparison_parts(found: Comparison, command: str = "") -> list[Part]:
    """Return the parts of that page below the verdict.

    Args:
        found: The comparison.
        command: As for `write_comparison_page`.
    """
    factor, unit = UNITS[found.metric]
    names = [one.told for one in found.contenders]
    parts: list[Part] = [_basis(found), comparison_table(found)]
    gaps = {
        "over plain": [_ends(one.over_plain, factor) for one in found.contenders],
        "over the best other peer": [_ends(one.over_best, factor) for one in found.contenders],
    }
    parts.append(forest(names, gaps, unit, f"Paired differences, {found.point}"))
    shares = [at for at in found.contenders[0].scores if at.endswith("% known")]
    if len(shares) > 1:
        parts += [_by_share(found, shares), _share_table(found, shares)]
    bins = {
        one.told: [(p, true) for count, p, true in one.bins if count >= 20] for one in _shown(found)
    }
    parts.append(reliability(bins, f"Calibration, {found.point}"))
    for column in dict.fromkeys(one.column for one in found.by):
        parts.append(_by_table(found, [one for one in found.by if one.column == column]))
    parts += ["## The rows", *(f"{name}: {text}." for name, text in found.data.items())]
    parts += ["## How it was made", *(f"{line[0].upper()}{line[1:]}." for line in found.notes)]
    if command:
        parts.append(f"Command: {command}")
    parts.append(f"Versions: {versions_line()}")
    return parts


def comparison_table(found: Comparison) -> Table:
    """Return a row for each contender, where the verdict is made.

    Args:
        found: The comparison.
    """
    rows, strong = [], []
    own = {} if found.metric == "log_loss" else {"log_loss": "log loss"}
    titles = {found.metric: metric_title(found.metric), **own, "calibration_error": "calibration"}
    for place, one in enumerate(found.contenders):
        scores = one.scores[found.point]
        best = one.over_best
        rows.append(
            (
                one.told,
                *(figure(scores[name]) for name in titles),
                _gap(one.over_plain, found.metric),
                _gap(best, found.metric),
                "-" if best is None or best.seeds < found.splits else f"{best.wins}/{best.seeds}",
                f"{one.seconds:.1f}",
            )
        )
        if one.name == found.decision.name and found.decision.kind != "does not pay":
            strong.append(place)
    heads = ("", *titles.values(), "over plain", "over best peer", "ahead in", "seconds")
    return Table(f"Compared, {found.point}", heads, tuple(rows), _NOTE, tuple(strong))


def _basis(found: Comparison) -> str:
    level = 1 - 2 * found.decision.alpha
    text = (
        f"{found.splits} splits of {found.rows:,} labelled rows ({found.folds} folds, dealt anew "
        f"in each repeat), decided by {UNITS[found.metric][1].removeprefix('points of ')}."
    )
    if found.decision.kind in ("pays", "labels pay", "beats plain"):
        text += (
            f" The interval of the verdict is of level {level:.1%}: looks and strategies share an "
            f"error rate of {ALPHA:.1%} that anything is said to pay where labels tell nothing."
        )
    return text


def _by_share(found: Comparison, shares: Sequence[str]) -> bytes:
    series = {
        one.told: [[_number(one.scores[at][found.metric])] for at in shares]
        for one in _shown(found)
    }
    at = [float(share.split("%")[0]) / 100 for share in shares]
    return curve(
        at, series, metric_title(found.metric), "Score of the unknown labels by the share known"
    )


def _share_table(found: Comparison, shares: Sequence[str]) -> Table:
    rows = tuple(
        (one.told, *(figure(one.scores[at][found.metric]) for at in shares))
        for one in found.contenders
    )
    return Table(f"{metric_title(found.metric)} by the share known", ("", *shares), rows)


def _by_table(found: Comparison, values: Sequence[ByValue]) -> Table:
    strategies = [one.name for one in found.contenders if one.role == "strategy"]
    chosen = found.decision.name
    leading = chosen if chosen in {c.name for c in found.contenders} else strategies[0]
    told = {one.name: one.told for one in found.contenders}
    peers = [n for n in peers_of(list(told)) if n != leading]
    best = max(peers, key=lambda n: sum(_number(v.scores[n]) * v.rows for v in values))
    shown = list(dict.fromkeys(["plain", leading, best]))
    rows = tuple(
        (
            one.value,
            f"{one.rows:,}",
            *(figure(one.scores[name]) for name in shown),
            _gap(one.gain, found.metric) if one.gain else "too few rows",
        )
        for one in values
    )
    heads = (values[0].column, "rows", *(told[n] for n in shown), f"{told[leading]} over plain")
    return Table(f"By {values[0].column}", heads, rows)


def _shown(found: Comparison) -> list[Compared]:
    return [one for one in found.contenders if one.role != "control"]


def _gap(gap: Interval | None, metric: str) -> str:
    if gap is None:
        return "-"
    return in_unit(gap, metric).replace(f" {UNITS[metric][1]}", "")


def _ends(gap: Interval | None, factor: float) -> tuple[float, float, float] | None:
    if gap is None:
        return None
    shown = gap.scaled(abs(factor))
    return shown.mean, shown.low, shown.high


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def metric_title(metric: str) -> str:
    """Return what a score is called in titles."""
    return "log loss" if metric == "log_loss" else UNITS[metric][1].removeprefix("points of ")


def versions_line() -> str:
    """Return the versions of labelfeed, Python and what computed the scores."""
    told = [f"labelfeed {__version__}", f"Python {platform.python_version()}"]
    for name in _PACKAGES:
        try:
            told.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(told)
