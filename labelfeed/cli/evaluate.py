"""`labelfeed evaluate`: held-out scores of a run on a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labelfeed.cli.console import note, print_json, reading_images, say
from labelfeed.cli.files import shown
from labelfeed.cli.judged_generator import run_judge
from labelfeed.cli.scores_page import check_report, write_report
from labelfeed.comparison.rows import words_by
from labelfeed.labels.cell_rules import CellRules
from labelfeed.metrics.by_value import scores_by_value
from labelfeed.metrics.operating_point import Goal
from labelfeed.report.operating_table import operating_table
from labelfeed.report.score_tables import main_table
from labelfeed.report.summaries import by_tables
from labelfeed.report.tables import table_text
from labelfeed.runs.coherence import coherence
from labelfeed.runs.evaluate import judged_rows
from labelfeed.runs.folder import load_run
from labelfeed.runs.generator_folder import is_generator
from labelfeed.runs.operating import choosing_rows, goal_places, operating_points
from labelfeed.runs.rows import load_rows, seen_before, select_rows

__all__ = ["run_evaluate"]


def run_evaluate(
    run: str,
    data: str | tuple[str, ...],
    *,
    rows: str = "auto",
    known_share: float = 0.5,
    sensitivity: str | None = None,
    precision: str | None = None,
    by: Sequence[str] = (),
    report: str | None = None,
    labels_file: str | None = None,
    group: str | None = None,
    as_json: bool = False,
    cells: Mapping[str, Any] | None = None,
    trust: bool | str = False,
    quiet: bool = False,
    command: str = "",
) -> dict[str, Any]:
    """Print, and return, the scores of a run; of a generator what its rows are worth.

    Args:
        run: Run folder.
        data: File or folder with labelled rows.
        rows: `"auto"`, `"held-out"` or `"all"`; see `select_rows`.
        known_share: Share of each row's labels known to a multi-label model, in [0, 1).
        sensitivity: Sensitivity for which a threshold is chosen: `0.95`, or `ill=0.95`.
        precision: The same of a precision; only one of them.
        by: Columns; the rows of each of their values are scored by themselves too.
        report: `.html` file to write: scores by the known share, with a chart.
        labels_file: Table with the labels of images.
        group: Column of groups, if it is called otherwise than in training.
        as_json: Print JSON only.
        cells: What cells mean, on top of what the run knows: arguments of `CellRules`.
        trust: Whether the run may import its own code; see `load_run`.
        quiet: Show no notes and no progress.
        command: What was typed, for the page of a generator.
    """
    if is_generator(run):
        return run_judge(
            run, data, rows=rows, known_share=known_share, sensitivity=sensitivity,
            precision=precision, by=by, report=report, labels_file=labels_file, group=group,
            as_json=as_json, cells=cells, quiet=quiet, command=command,
        )  # fmt: skip
    if report is not None:
        check_report(report, data, quiet or as_json)
    rules = CellRules(**(cells or {}))
    goal = _goal(sensitivity, precision)
    loaded = load_run(run, trust=trust)
    if goal is not None:
        goal_places(goal, loaded.spec)
    with reading_images(quiet or as_json) as on_image:
        dataset = load_rows(
            loaded, data, labels_file=labels_file, group=group, on_image=on_image, cells=rules
        )
    for line in dataset.notes:
        note(line, quiet or as_json)
    chosen, what = select_rows(loaded, dataset, data, rows)
    words = words_by(chosen.take(chosen.labelled), by)
    seen = seen_before(loaded, chosen, data, rows)
    overlap = seen.overlap(chosen.features, chosen.groups, chosen.group_name)
    for line in overlap.notes:
        note(f"{line}: these scores are better than those of new ones", quiet or as_json)
    found, held = judged_rows(loaded, chosen, known_share)
    metrics = {"rows": what, **found}
    if words:
        metrics["by"] = {
            name: scores_by_value(held.labels, held.used, loaded.spec, of, held.weights)
            for name, of in words.items()
        }
    if overlap.notes:
        metrics["trained_on"] = overlap.to_json()
    if len(loaded.spec.label_columns) > 1 and loaded.predictor.reads_label:
        metrics["coherence"] = coherence(loaded, chosen.features, chosen.labels, known_share)
    if goal is not None:
        choosing, scoring, told = choosing_rows(loaded, dataset, chosen, data, rows)
        points = operating_points(loaded, choosing, scoring, goal)
        goal_json = dataclasses.asdict(goal)
        metrics["operating_point"] = {"goal": goal_json, "chosen_on": told, "labels": points}
    if as_json:
        print_json(metrics)
    else:
        say(f"{shown(data)}: {what}")
        say(table_text(main_table(metrics)))
        for table in by_tables(metrics):
            say("\n" + table_text(table))
        if goal is not None:
            say("\n" + table_text(operating_table(metrics["operating_point"])))
    if report is not None:
        write_report(Path(report), loaded, chosen, metrics, held)
        note(f"report written to {report}", quiet or as_json)
    return metrics


def _goal(sensitivity: str | None, precision: str | None) -> Goal | None:
    if sensitivity is not None and precision is not None:
        raise ValueError("--sensitivity and --precision exclude each other: one threshold each.")
    if sensitivity is not None:
        return Goal.of("sensitivity", sensitivity)
    return None if precision is None else Goal.of("precision", precision)
