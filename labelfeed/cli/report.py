"""`labelfeed evaluate --report`: the scores of a run as a page, by the share of known labels."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.audit.information_curve import KNOWN_SHARES, InformationCurve, information_curve
from labelfeed.cli.output import writing
from labelfeed.cli.side_report import side_page_table
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.metrics.partial_scores import METRICS
from labelfeed.report.information_chart import information_chart
from labelfeed.report.page import write_page
from labelfeed.report.tables import Table, with_interval
from labelfeed.runs.folder import Run

__all__ = ["check_report", "write_report"]

_SEEDS = 5
_HEADS = ("macro-AUC", "micro-AUC", "average precision", "log loss", "calibration error")
_NOTE = (
    "Scores of the labels that stayed unknown; each row of the data shows as many of its labels as "
    "the share says, drawn anew for each of 5 seeds. Mean and 95 % t-interval over the draws: how "
    "far the choice of known labels matters, not how far another training would differ. Gain: "
    "macro-AUC minus that of the very same labels when none is fed. A class of a column counts as "
    "one label against the others."
)


def check_report(path: str, data: str) -> None:
    """Raise `DataError` unless a page can be written to `path`."""
    place = Path(path)
    if place.suffix.lower() not in (".html", ".htm"):
        raise DataError(f"{path}: the report must end in .html.")
    if place.is_dir() or (Path(data).exists() and place.exists() and place.samefile(data)):
        raise DataError(f"{path} is a folder or the data itself; choose another file.")


def write_report(path: Path, run: Run, rows: Dataset, metrics: dict[str, Any]) -> None:
    """Write a page with the scores of a run; for several labels with its information curve.

    Args:
        path: `.html` file; its folders are made.
        run: The run.
        rows: Labelled rows to judge it on.
        metrics: What `evaluate_run` returned for them.

    Raises:
        DataError: The file cannot be written.
    """
    spec = run.spec
    parts: list[str | Table | bytes] = [f"{rows.source}: {metrics.get('rows', len(rows))}."]
    parts.append(_scores(metrics))
    if "sides" in metrics:
        parts.append(side_page_table(metrics["sides"]))
    elif len(spec.label_columns) > 1 and run.predictor.reads_label:
        predictor, x = run.predictor.prepared(rows.features)
        fed = information_curve(predictor, x, rows.labels, seeds=_SEEDS)
        blind = predictor.probabilities(x)
        plain = information_curve(lambda x, known: blind, x, rows.labels, seeds=_SEEDS, spec=spec)
        lines = {"known labels fed": fed, "the same labels, none fed": plain}
        parts += [_curve_table(fed, plain), information_chart(lines)]
    parts.append(_by_label(metrics))
    with writing(path):
        write_page(path, f"Scores of {spec.name!r}", parts)


def _scores(metrics: dict[str, Any]) -> Table:
    names = ("labels", "accuracy", "balanced_accuracy", "macro_auc", "log_loss")
    heads = ("labels known to the network", "scored", "accuracy", "balanced", "macro-AUC",
             "log loss")  # fmt: skip
    kinds = {"nothing_known": "none", "not_fed": "none (the labels of the next line)",
             "partly_known": "{:.0%} (the others are scored)"}  # fmt: skip
    rows = []
    for kind, text in kinds.items():
        if kind in metrics:
            scores = metrics[kind]
            cells = [str(scores[n]) if n == "labels" else _figure(scores[n]) for n in names]
            rows.append((text.format(scores.get("known_share", 0)), *cells))
    return Table("Scores", heads, tuple(rows))


def _curve_table(fed: InformationCurve, plain: InformationCurve) -> Table:
    rows = []
    for share in KNOWN_SHARES:
        cells = [_interval([row[fed.shares.index(share)] for row in fed.values[m]])
                 for m in METRICS]  # fmt: skip
        place = fed.shares.index(share)
        pairs = zip(fed.values["macro_auc"], plain.values["macro_auc"], strict=True)
        gain = _interval([mine[place] - other[place] for mine, other in pairs])
        name = "all but one" if share == "last" else f"{share:.0%}"
        rows.append((name, *cells, gain))
    return Table("By the share of known labels", ("known", *_HEADS, "gain"), tuple(rows), _NOTE)


def _by_label(metrics: dict[str, Any]) -> Table:
    blind, known = metrics["nothing_known"], metrics.get("partly_known")
    heads = ("label", "nothing known", *([f"{known['known_share']:.0%} known"] if known else []))
    rows = [
        (name, _figure(blind["auc"].get(name)),
         *([_figure(known["auc"].get(name))] if known else []))
        for name in [*blind["auc"], *blind["skipped"]]
    ]  # fmt: skip
    note = "- where the scored rows have one state only."
    return Table("AUC of each label", heads, tuple(rows), note)


def _interval(values: list[float]) -> str:
    there = [v for v in values if not math.isnan(v)]
    if not there:
        return "-"
    # Without labels shown there is nothing drawn: five times the same figure.
    return with_interval(there if np.ptp(there) else there[:1])


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
