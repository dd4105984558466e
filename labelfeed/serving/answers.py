"""What a run says of rows, in JSON: by label and class, in the words of the training file."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.soft import hard_part, soft_columns
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.ordered import median_ranks
from labelfeed.runs.ask import ask
from labelfeed.runs.explain import explain_known
from labelfeed.runs.kept import KeptRun
from labelfeed.types import Features

__all__ = ["predictions", "questions"]


def predictions(spec: LabelSpec, p: np.ndarray, known: np.ndarray | None) -> list[dict[str, Any]]:
    """Return for each row, by label column, what is predicted.

    Args:
        spec: The label spec.
        p: Probabilities `(n, num_classes)`.
        known: What was known, as `read_known` returns it.

    Returns:
        By label `predicted` (a class by its name; of a number its mean), `probabilities` by class,
        and `source`: `predicted` or `given`; of a number `spread`, of an ordered label `median`.
        Of a label that was given the probabilities are what was given.

    Example:
        >>> predictions(LabelSpec.multi(["ill"]), np.array([[0.75]]), None)[0]["ill"]
        {'predicted': '1', 'probabilities': {'0': 0.25, '1': 0.75}, 'source': 'predicted'}
    """
    rows: list[dict[str, Any]] = [{} for _ in p]
    for place, column in enumerate(spec.label_columns):
        for row, answer in zip(rows, _column(spec, column, place, p, known), strict=True):
            row[column.name] = answer
    return rows


def _column(
    spec: LabelSpec, column: LabelColumn, place: int, p: np.ndarray, known: np.ndarray | None
) -> list[dict[str, Any]]:
    own = column.probabilities(p)
    soft = given = np.zeros(len(own), bool)
    if known is not None:
        told = column.ids(hard_part(known))
        given = told != UNKNOWN
        own = np.where(given[:, None], np.eye(column.num_classes)[told], own)
        if spec.shape:
            soft = soft_columns(known, spec)[:, place]
    states = own.argmax(axis=1) if column.of_classes else (own[:, 1] >= 0.5).astype(int)
    found: list[dict[str, Any]] = [
        {
            "predicted": column.names[state],
            "probabilities": dict(zip(column.names, probabilities, strict=True)),
            "source": "given" if fixed else "predicted",
        }
        for state, probabilities, fixed in zip(
            states.tolist(), own.tolist(), (given | soft).tolist(), strict=True
        )
    ]
    if column.number is not None and column.number.means:
        mean, spread = column.number.mean_and_spread(own)
        for answer, middle, width in zip(found, mean.tolist(), spread.tolist(), strict=True):
            answer.update(predicted=middle, spread=width)
    elif column.ordered and column.of_classes:
        for answer, rank in zip(found, median_ranks(own).tolist(), strict=True):
            answer["median"] = column.names[rank]
    return found


def questions(
    run: KeptRun, row: Features, about: str, known: np.ndarray | None, best: int
) -> dict[str, Any]:
    """Return which unknown label of one row to ask for next, and what the known ones have changed.

    Args:
        run: The run, of several labels.
        row: Features of one row.
        about: The label in question: a column, or one class as `colour=red`.
        known: What is known, `(1, num_labels)`.
        best: Most questions.

    Returns:
        What `labelfeed ask --json` prints: `about`, the effect of what is known (`target`,
        `nothing_known`, `all_known`, `alone`, `without`), and `ask`, best question first.

    Raises:
        LabelError: There is no such label, or it is known already.
    """
    given = None if known is None else known[0]
    found = ask(run, row, about, given, best)
    effect = explain_known(run, row, given, about)
    asked = [dataclasses.asdict(question) for question in found]
    return {"about": about, **dataclasses.asdict(effect), "ask": asked}
