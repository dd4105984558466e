"""`labelfeed ask`: which unknown label of a row would tell most about another."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import click

from labelfeed.cli.console import note, print_json, reading_images, table
from labelfeed.cli.predict import known_labels, parse_known
from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.data.labelling import spec_columns
from labelfeed.runs.ask import Question, ask
from labelfeed.runs.explain import KnownEffect, explain_known
from labelfeed.runs.folder import load_run
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
    as_json: bool = False,
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
        as_json: Print JSON only.
        quiet: Show no notes.

    Raises:
        DataError: The run is of one label, or there is no such row or label.
        LabelError: The label in question is known already, or a value does not fit.
    """
    loaded = load_run(run)
    names = spec_columns(loaded.spec)
    if loaded.spec.kind != "multi":
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
        dataset = load_rows(loaded, data, read_labels=bool(columns), on_image=on_image)
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
        click.echo(_text(effect, questions, one=effect.target == about))
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


def _text(effect: KnownEffect, questions: Sequence[Question], one: bool) -> str:
    lines = [f"P({effect.target}) = {effect.nothing_known:.3f} with nothing known"]
    if effect.alone:
        lines[0] += f", {effect.all_known:.3f} with what is known"
        rows = [["known", "alone", "without it"]]
        rows += [
            [name, f"{p:.3f}", f"{effect.without[name]:.3f}"] for name, p in effect.alone.items()
        ]
        lines += [table(rows), ""]
    if not questions:
        return "\n".join([*lines, "every other label is known: there is nothing left to ask"])
    if any(q.if_present is None for q in questions):
        return "\n".join([*lines, _answers(effect.target if one else None, questions)])
    head = ["ask for", "gain in bits", "chance of yes", f"{effect.target} if yes", "if no"]
    rows = [
        [q.label, f"{q.gain:.3f}", f"{q.probability:.3f}", f"{q.if_present:.3f}",
         f"{q.if_absent:.3f}"]
        for q in questions
    ]  # fmt: skip
    return "\n".join([*lines, table([head, *rows])])


def _answers(target: str | None, questions: Sequence[Question]) -> str:
    """Return a row for each answer, with what it would make of a target (`None`: of a column)."""
    last = "most probable then" if target is None else f"P({target}) then"
    rows = [["ask for", "gain in bits", "answer", "chance", last]]
    for question in questions:
        for place, (answer, chance) in enumerate(question.answers.items()):
            then = question.then[answer]
            state, p = max(then.items(), key=lambda item: item[1])
            text = f"{state} {p:.3f}" if target is None else f"{list(then.values())[1]:.3f}"
            first = [question.label, f"{question.gain:.3f}"] if not place else ["", ""]
            rows.append([*first, answer, f"{chance:.3f}", text])
    return table(rows)
