"""`labelfeed ask`: which unknown label of a row would tell most about another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from labelfeed.cli.console import note, print_json, reading_images, say
from labelfeed.cli.known_labels import known_labels, parse_known
from labelfeed.cli.opened import open_run
from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.data.labelling import spec_columns
from labelfeed.labels.cell_rules import CellRules
from labelfeed.report.questions import question_text
from labelfeed.runs.ask import Question, ask
from labelfeed.runs.explain import explain_known
from labelfeed.runs.rows import load_rows

__all__ = ["run_ask"]


def run_ask(
    run: str,
    data: str,
    *,
    about: str,
    row: str | None = None,
    known: Sequence[str] = (),
    best: int = 3,
    labels_file: str | None = None,
    as_json: bool = False,
    cells: Mapping[str, Any] | None = None,
    trust: bool | str = False,
    backend: str | None = None,
    quiet: bool = False,
) -> list[Question]:
    """Print the best questions about a label of one row, and what the known ones have changed.

    Args:
        run: Run folder, of several labels.
        data: File with the row.
        about: Name of the label in question: a column, or one class as `colour=red`.
        row: Id of the row; may be left out where the file has one.
        known: Label columns whose filled cells are known, and `label=value`; each item may hold
            several, separated by commas.
        best: Most questions to print, >= 1.
        labels_file: Table with the labels of images, and the columns beside them.
        as_json: Print JSON only.
        cells: What cells mean, on top of what the run knows: arguments of `CellRules`.
        trust: Whether the run may import its own code; see `load_run`.
        backend: Keras backend to run on; by default the ONNX copy where there is one.
        quiet: Show no notes.

    Raises:
        DataError: The run is of one label, or there is no such row or label.
        LabelError: The label in question is known already, or a value does not fit.
    """
    rules = CellRules(**(cells or {}))
    loaded = open_run(run, lambda line: note(line, quiet), backend=backend, trust=trust, known=True)
    names = spec_columns(loaded.spec)
    if len(names) < 2:
        raise DataError(
            f"{run} predicts one label, {loaded.spec.name!r}; ask needs a run of several labels "
            "(labelfeed train --target A --label B ...)."
        )
    if about not in (*names, *map(loaded.spec.name_of, range(loaded.spec.num_classes))):
        raise DataError(
            f"--about {about!r}: the run has no such label.{did_you_mean(about, names)}"
        )
    columns, values = parse_known(known, loaded.spec)
    with reading_images(quiet) as on_image:
        dataset = load_rows(
            loaded,
            data,
            labels_file=labels_file,
            read_labels=bool(columns),
            on_image=on_image,
            cells=rules,
        )
    for line in dataset.notes:
        note(line, quiet)
    chosen = _one_row(dataset, row)
    given = known_labels(chosen, loaded.spec, columns, values)[0]
    questions = ask(loaded, chosen.features, about, given, best)
    effect = explain_known(loaded, chosen.features, given, about)
    if as_json:
        content = {"about": about, "row": str(chosen.row_ids[0]), **dataclasses.asdict(effect)}
        print_json({**content, "ask": [dataclasses.asdict(q) for q in questions]})
    else:
        say(question_text(effect, questions, one=effect.target == about))
    return questions


def _one_row(dataset: Dataset, row: str | None) -> Dataset:
    ids = [str(i) for i in dataset.row_ids]
    if row is None:
        if len(ids) == 1:
            return dataset
        first = ids[0] if ids else "ID"
        raise DataError(
            f"{dataset.source} has {len(ids)} rows; name one of them, as in --row {first}."
        )
    if row not in ids:
        raise DataError(f"--row {row!r}: no row has this id.{did_you_mean(row, ids)}")
    return dataset.take([ids.index(row)])
