"""Runs side by side: ranked only where they answered for the very same rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.metrics.bootstrap import RESAMPLED, Resampled, resampled
from labelfeed.metrics.intervals import Interval
from labelfeed.records.held_out import HeldOut
from labelfeed.records.stored import StoredRun
from labelfeed.report.charts import forest
from labelfeed.report.page import Part
from labelfeed.report.summaries import SCORE_NAMES, points_of, with_ends
from labelfeed.report.tables import Table, figure

__all__ = ["several_parts", "several_verdict", "unlike"]

_LEVEL = 0.05


def unlike(runs: Sequence[StoredRun]) -> str:
    """Return why runs cannot be compared with each other; `""` where they can.

    Args:
        runs: At least two.
    """
    first = runs[0]
    for run in runs:
        if run.held_out is None:
            return f"{run.name} did not keep its predictions of held-out rows"
        if run.spec.get_config() != first.spec.get_config():
            return f"{first.name} and {run.name} have different labels"
        if run.data.get("fingerprint") != first.data.get("fingerprint"):
            return f"{first.name} and {run.name} are of different data"
        mine, theirs = first.held_out, run.held_out
        assert mine is not None
        same = mine.rows is not None and theirs.rows is not None
        if not same or not np.array_equal(mine.rows, theirs.rows):  # type: ignore[arg-type]
            return f"{first.name} and {run.name} held out different rows"
        if not np.array_equal(mine.labels, theirs.labels):
            return f"{first.name} and {run.name} read different labels in those rows"
    return ""


def several_verdict(runs: Sequence[StoredRun]) -> str:
    """Return the one sentence about several runs.

    The best by macro-AUC is said to be better where its interval over every other run is above
    zero, at a level that is shared by all pairs (Bonferroni), as the best was picked afterwards.

    Args:
        runs: At least two.
    """
    if why := unlike(runs):
        return f"not ranked: {why}"
    when, found = _main_point(runs)
    metric = "macro_auc" if np.isfinite(found.estimates["macro_auc"]).all() else "accuracy"
    values = found.estimates[metric]
    best = int(np.argmax(values))
    others = sorted((i for i in range(len(runs)) if i != best), key=lambda i: -values[i])
    level = 1 - _LEVEL / (len(runs) * (len(runs) - 1) / 2)
    gaps = [found.difference(metric, best, other, level) for other in others]
    told = f"{_points(gaps[0])} points of {SCORE_NAMES[metric]} over {runs[others[0]].name}"
    if not np.isfinite(gaps[0].low):
        return f"cannot tell: too few held-out rows; {runs[best].name} {told}, {when}"
    if all(gap.low > 0 for gap in gaps):
        over = "the other" if len(runs) == 2 else "all others"
        return f"{runs[best].name} is better than {over}: {told}, {when}"
    return f"none is shown to be better: {runs[best].name} {told}, {when}"


def several_parts(runs: Sequence[StoredRun]) -> list[Part]:
    """Return a table of the runs, and their paired differences where rows are the same.

    Args:
        runs: At least two.
    """
    why = unlike(runs)
    parts: list[Part] = [_standing(runs, why)]
    if why:
        return parts
    points = _points_of_all(runs)
    reference = runs[0].name
    series: dict[str, list[tuple[float, float, float] | None]] = {}
    for when, found in points.items():
        rows = []
        for place, run in enumerate(runs[1:], 1):
            gaps = [found.difference(metric, place, 0) for metric in RESAMPLED]
            rows.append((run.name, *(_gap(gap) for gap in gaps)))
            first = gaps[0]
            series.setdefault(when, []).append(
                (100 * first.mean, 100 * first.low, 100 * first.high)
                if np.isfinite(first.mean)
                else None
            )
        heads = (f"minus {reference}", *(SCORE_NAMES[metric] for metric in RESAMPLED))
        note = (
            "Paired differences with their 95 % interval over the same held-out rows: how far "
            "other rows would differ, not another training. Of log loss less is better."
        )
        parts.append(Table(f"Differences, {when}", heads, tuple(rows), note))
    if any(any(v is not None for v in of) for of in series.values()):
        names = [run.name for run in runs[1:]]
        parts.append(forest(names, series, "points of macro-AUC", f"Minus {reference}"))
    return parts


def _standing(runs: Sequence[StoredRun], why: str) -> Table:
    rows, strong, best = [], [], -np.inf
    for place, run in enumerate(runs):
        held, metrics = run.held_out, run.metrics
        if held is None:
            known = metrics.get("sides", {}).get("known") or metrics.get("nothing_known") or {}
            cells = [figure(known.get(metric)) for metric in RESAMPLED]
            rows.append((run.name, run.strategy, *_of(run, known.get("rows"), why), *cells))
            continue
        found = resampled(held.labels, [held.used], run.spec, held.groups, held.weights)
        scores = (with_ends(found.interval(metric)) for metric in RESAMPLED)
        rows.append((run.name, run.strategy, *_of(run, len(held.labels), why), *scores))
        value = found.estimates["macro_auc"][0]
        if not why and value > best:
            strong, best = [place], value
    note = f"Not ranked: {why}."
    if not why and (held := runs[0].held_out) is not None:
        note = f"The same {len(held.labels):,} held-out rows of {_file(runs[0])}."
    sided = any(run.held_out is not None and run.held_out.sided is not None for run in runs)
    note += " Side labels are known where a run takes some." if sided else ""
    heads = ("run", "strategy", *(["held out"] if why else []),
             *(SCORE_NAMES[metric] for metric in RESAMPLED))  # fmt: skip
    return Table("Side by side, no label known", heads, tuple(rows), note, tuple(strong))


def _points_of_all(runs: Sequence[StoredRun]) -> dict[str, Resampled]:
    """Return by what is known the scores of all runs, of the same labels.

    A run that reads no label answers with part of them known as it does with none.
    """
    held = [run.held_out for run in runs if run.held_out is not None]
    first = held[0]
    sided = any(one.sided is not None for one in held)
    usual = "side labels known" if sided else "nothing known"
    found = {usual: _drawn(runs, first, first.labels, [one.used for one in held])}
    told = [one for one in held if one.told is not None]
    shares = {run.metrics.get("partly_known", {}).get("known_share") for run in runs} - {None}
    alike = all(np.array_equal(one.shown, told[0].shown) for one in told[1:])  # type: ignore[arg-type]
    if told and alike and len(shares) == 1:
        when = list(points_of(told[0], shares.pop()))[-1]
        p = [one.blind if one.told is None else one.told for one in held]
        found[when] = _drawn(runs, first, told[0].hidden, p)
    return found


def _drawn(
    runs: Sequence[StoredRun], first: HeldOut, labels: np.ndarray, p: list[np.ndarray]
) -> Resampled:
    return resampled(labels, p, runs[0].spec, first.groups, first.weights)


def _main_point(runs: Sequence[StoredRun]) -> tuple[str, Resampled]:
    """Return where the verdict is made: with part of the labels known where any run reads them."""
    return list(_points_of_all(runs).items())[-1]


def _points(gap: Interval) -> str:
    shown = gap.scaled(100)
    ends = f" [{shown.low:.1f}, {shown.high:.1f}]" if np.isfinite(shown.low) else ""
    return f"{shown.mean:+.1f}{ends}"


def _gap(gap: Interval) -> str:
    if not np.isfinite(gap.mean):
        return "-"
    ends = f" [{gap.low:+.3f}, {gap.high:+.3f}]" if np.isfinite(gap.low) else ""
    return f"{gap.mean:+.3f}{ends}"


def _of(run: StoredRun, rows: object, why: str) -> list[str]:
    """Return of which file the rows are, where runs have different ones."""
    return [f"{rows or 0:,} of {_file(run)}"] if why else []


def _file(run: StoredRun) -> str:
    return str(run.data.get("path", "unknown")).replace("\\", "/").rpartition("/")[2]
