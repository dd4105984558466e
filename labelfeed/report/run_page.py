"""The page of a run: its scores, the information curve, and the AUC of each label."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.information import FED, NOT_FED, InformationCurve
from labelfeed.records.held_out import HeldOut
from labelfeed.report.information_chart import TITLES, information_chart
from labelfeed.report.judged_parts import judged_parts
from labelfeed.report.page import write_page
from labelfeed.report.score_tables import label_table, score_table
from labelfeed.report.side_tables import side_table
from labelfeed.report.summaries import by_tables
from labelfeed.report.tables import Table, with_interval

__all__ = ["curve_table", "write_run_page"]

_NOTE = (
    "Scores of the labels that stayed unknown; each row of the data shows as many of its labels as "
    "the share says, drawn anew for each of {} seeds. Mean and 95 % t-interval over the draws: how "
    "far the choice of known labels matters, not how far another training would differ. Gain: "
    "macro-AUC minus that of the very same labels when none is fed. A class of a column counts as "
    "one label against the others in AUC, precision and calibration, and the column as one label "
    "in the log loss."
)


def write_run_page(
    path: Path,
    name: str,
    what: str,
    metrics: dict[str, Any],
    curves: Mapping[str, InformationCurve],
    held: HeldOut | None = None,
    spec: LabelSpec | None = None,
) -> None:
    """Write the page of a run.

    Args:
        path: `.html` file to write.
        name: Name of the label.
        what: Which rows were scored, in words.
        metrics: What `evaluate_run` returned for them.
        curves: What `run_curves` returned for them; empty for a run of one label.
        held: Predictions of the rows, for curves, calibration and confusions.
        spec: What the labels are; needed with `held`.
    """
    parts: list[str | Table | bytes] = [f"{what}.", score_table(metrics)]
    if "sides" in metrics:
        parts.append(side_table(metrics["sides"], metrics.get("weighted", False)))
    if curves:
        parts += [curve_table(curves[FED], curves[NOT_FED]), information_chart(curves)]
    parts.append(label_table(metrics))
    parts += by_tables(metrics)
    if held is not None and spec is not None:
        share = metrics.get("partly_known", {}).get("known_share")
        parts += judged_parts(held, spec, share)
    write_page(path, f"Scores of {name!r}", parts)


def curve_table(fed: InformationCurve, plain: InformationCurve) -> Table:
    """Return a row for each known share: every score, and the gain by feeding them.

    Args:
        fed: Curve of a model that is fed the known labels.
        plain: The same of the very same labels when none is fed.
    """
    rows = []
    for place, share in enumerate(fed.shares):
        cells = [_interval([seed[place] for seed in fed.values[m]]) for m in TITLES]
        pairs = zip(fed.values["macro_auc"], plain.values["macro_auc"], strict=True)
        gain = _interval([mine[place] - other[place] for mine, other in pairs])
        rows.append(("all but one" if share == "last" else f"{share:.0%}", *cells, gain))
    note = _NOTE.format(len(fed.values["macro_auc"]))
    heads = ("known", *TITLES.values(), "gain")
    return Table("By the known share of labels", heads, tuple(rows), note)


def _interval(values: list[float]) -> str:
    there = [v for v in values if not math.isnan(v)]
    if not there:
        return "-"
    # Without labels shown there is nothing drawn: five times the same figure.
    return with_interval(there if np.ptp(there) else there[:1])
