"""The part of a page about one stored run, from its data to the command that made it."""

from __future__ import annotations

import math

from labelfeed.data.described import is_number
from labelfeed.metrics.information import FED, NOT_FED
from labelfeed.records.stored import StoredRun, said_spellings
from labelfeed.report.charts import lines
from labelfeed.report.information_chart import information_chart
from labelfeed.report.judged_parts import judged_parts
from labelfeed.report.page import Part
from labelfeed.report.run_page import curve_table
from labelfeed.report.score_tables import label_table, score_table
from labelfeed.report.side_tables import side_table
from labelfeed.report.summaries import (
    by_tables,
    data_words,
    interval_table,
    limits_of,
    version_words,
)
from labelfeed.report.tables import Table

__all__ = ["learning_parts", "run_parts"]

_CURVES = {"loss": "training", "val_loss": "validation"}


def run_parts(run: StoredRun) -> list[Part]:
    """Return tables, charts and words about a run.

    Args:
        run: The run.
    """
    metrics, held = run.metrics, run.held_out
    parts: list[Part] = []
    if (table := interval_table(run)) is not None:
        parts.append(table)
    if "nothing_known" in metrics:
        parts.append(score_table(metrics))
    else:
        parts.append("The run is not scored: `labelfeed evaluate` does that.")
    if "sides" in metrics and "over_plain" in metrics["sides"]:
        parts.append(side_table(metrics["sides"], metrics.get("weighted", False)))
    curves = {} if held is None else held.curves
    if FED in curves and NOT_FED in curves:
        parts += [curve_table(curves[FED], curves[NOT_FED]), information_chart(curves)]
    if len(metrics.get("nothing_known", {}).get("auc", ())) > 1:
        parts.append(label_table(metrics))
    parts += by_tables(run.metrics)
    if held is None:
        parts.append(
            "Curves, calibration and confusions are not shown: the run is of an older version, "
            "which did not keep its predictions of held-out rows. Train it again."
        )
    else:
        share = metrics.get("partly_known", {}).get("known_share")
        parts += ["## Held-out rows", *judged_parts(held, run.spec, share)]
    parts += learning_parts(run)
    parts += ["## The data", *_listed(data_words(run))]
    if cells := said_spellings(run.data):
        rows = tuple((name, text) for name, text in cells.items())
        parts.append(Table("What cells were read as", ("column", "cells (how often)"), rows))
    parts += ["## What to know", *limits_of(run)]
    parts += [_sentence(line) for line in run.notes]
    parts.append("## How it was made")
    if run.command:
        parts.append(f"$ {run.command}")
    parts.append(f"Versions: {version_words(run.versions)}.")
    return parts


def learning_parts(run: StoredRun) -> list[Part]:
    """Return the losses by epoch of a network, or of plain models what each took and brought.

    Args:
        run: The run.
    """
    epochs = [line for line in run.log if is_number(line.get("epoch"))]
    series = {}
    for key, name in _CURVES.items():
        values = [line[key] if is_number(line.get(key)) else math.nan for line in epochs]
        if any(map(math.isfinite, values)):
            series[name] = ([float(i) for i in range(1, len(values) + 1)], values)
    if series:
        phases = max(len({line.get("phase") for line in epochs}), 1)
        title = "Learning curves" + (f", {phases} phases one after another" * (phases > 1))
        return ["## Training", lines(series, "epoch", "loss", title, within=False)]
    losses, seconds = run.training.get("losses"), run.training.get("seconds")
    if not isinstance(losses, dict) or not losses:
        return []
    spent = seconds if isinstance(seconds, dict) else {}
    rows = tuple(
        (str(name), f"{loss:.4f}", f"{spent[name]:.1f}" if is_number(spent.get(name)) else "-")
        for name, loss in losses.items()
        if is_number(loss)
    )
    note = "Log loss of training rows by models that did not see them; nats a label."
    head = ("plain model", "log loss, out of fold", "seconds")
    return [Table("Training", head, rows, note)]


def _listed(words: dict[str, str]) -> list[str]:
    return [f"{_sentence(name)}: {text}." for name, text in words.items()]


def _sentence(line: str) -> str:
    return f"{line[:1].upper()}{line[1:]}"
