"""The page of a study: the verdict, its history, which settings matter, the best trials."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import numpy as np

from labelfeed.comparison.summary import UNITS
from labelfeed.report.comparison_page import metric_title, versions_line
from labelfeed.report.page import write_page
from labelfeed.report.tables import Table, figure
from labelfeed.report.tuning_charts import history, importance_chart
from labelfeed.tuning.result import Tuned, as_options, settings_by_name

__all__ = ["best_table", "write_tuning_page"]

_BEST = 8
_MORE = ("keras", "optuna")
_NOTE = (
    "Mean over the folds, of labels that the model does not know. The best of many trials is in "
    "part the luckiest: what it gains is measured once more, on folds dealt anew."
)


def write_tuning_page(path: Path, found: Tuned, command: str = "") -> None:
    """Write the page of a study; it needs no other file and no network.

    Args:
        path: `.html` file to write.
        found: The study.
        command: What was typed, shown at the end.
    """
    title = metric_title(found.metric)
    better = "less" if UNITS[found.metric][0] < 0 else "more"
    parts: list[str | Table | bytes] = [_basis(found), best_table(found)]
    values = [t.value if t.state == "whole" else None for t in found.trials]
    early = [t.value if t.state == "ended early" else None for t in found.trials]
    numbers = [t.number for t in found.trials]
    defaults = next((t.value for t in found.trials if not t.settings and t.state == "whole"), None)
    parts.append(
        history(
            numbers, values, early, defaults, f"{title} ({better} is better)", "Trials",
            least=UNITS[found.metric][0] < 0,
        )
    )  # fmt: skip
    if found.importance:
        parts.append(importance_chart(found.importance, "Which settings matter (fANOVA)"))
        parts.append(
            "Share of the variance of the score between whole trials that a setting explains by "
            "itself. With few trials it is rough, and a setting that matters may well be best at "
            "its default."
        )
    parts.append(_settings_table(found))
    parts += ["## The rows", *(f"{name}: {text}." for name, text in found.data.items())]
    parts += ["## How it was made", *(f"{line[0].upper()}{line[1:]}." for line in found.notes)]
    if command:
        parts.append(f"Command: {command}")
    parts.append(f"Versions: {_all_versions()}")
    write_page(path, "Which settings are better than the defaults?", parts, lead=found.verdict)


def best_table(found: Tuned) -> Table:
    """Return a row for the defaults and the best trials.

    Args:
        found: The study.
    """
    sign = float(np.sign(UNITS[found.metric][0]))
    whole = [t for t in found.trials if t.state == "whole" and t.value is not None]
    best = sorted(whole, key=lambda t: (-sign * float(t.value or 0), t.number))
    shown, seen = [], set()
    for trial in best:
        if (told := as_options(trial.settings) or "the defaults") not in seen:
            seen.add(told)
            shown.append((trial, told))
    kept = [pair for n, pair in enumerate(shown) if n < _BEST or not pair[0].settings]
    rows = tuple(
        (told, figure(trial.value), str(trial.number), f"{trial.seconds:.0f}")
        for trial, told in kept
    )
    chosen = as_options(found.settings) or "the defaults"
    strong = tuple(n for n, (_, told) in enumerate(kept) if told == chosen)
    heads = ("", metric_title(found.metric), "trial", "seconds")
    return Table("The best trials", heads, rows, _NOTE, strong)


def _basis(found: Tuned) -> str:
    shares = ""
    if found.strategy in ("partial-labels", "masked"):
        shares = ", the mean over 0, 25, 50 and 75 % of a row's labels known"
    return (
        f"{len(found.trials)} trials of the strategy {found.strategy!r} on {found.rows:,} training "
        f"rows, {found.folds} folds each, scored by the {metric_title(found.metric)} of labels "
        f"that the model does not know{shares}. The {found.held_out:,} test rows were not touched."
    )


def _settings_table(found: Tuned) -> Table:
    best, taken = settings_by_name(found.best), settings_by_name(found.settings)
    rows = tuple(
        (name, told, str(best.get(name, "default")), str(taken.get(name, "default")))
        for name, told in found.space.items()
    )
    return Table("What was searched", ("setting", "looked for in", "best trial", "taken"), rows)


def _all_versions() -> str:
    return ", ".join([versions_line(), *(f"{n} {importlib.metadata.version(n)}" for n in _MORE)])
