"""Operating points of a run: rows that choose a threshold, and other rows that score it."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.groups import together
from labelfeed.data.loading import fingerprint
from labelfeed.data.split import split_rows
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.prior import yes_place
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.operating_point import Goal, operating_point
from labelfeed.models.wrapping import as_predictor
from labelfeed.runs.at_deployment import kept_shares
from labelfeed.runs.folder import Run
from labelfeed.types import AnyModel, DataPath

__all__ = ["choosing_rows", "goal_places", "operating_points"]


def choosing_rows(
    run: Run, data: Dataset, scored: Dataset, path: DataPath, which: str
) -> tuple[Dataset, Dataset, str]:
    """Return rows that choose a threshold, others that score it, and a sentence that says which.

    Where held-out rows of the training file are scored and the run had validation rows, those
    choose. Else a half of the scored rows does, and the other half scores: whole groups (and equal
    rows) on one side, each class as frequent on both.

    Args:
        run: The run.
        data: All rows of the file.
        scored: Those that the run is judged on, as from `select_rows`.
        path: The file.
        which: As for `select_rows`.

    Raises:
        DataError: There are too few rows, or groups, for two halves.
    """
    validation = np.asarray(run.split.get("validation", ()), dtype=int)
    same = run.data.get("fingerprint") == (data.fingerprint or fingerprint(path))
    if same and which != "all" and len(validation) and validation.max() < len(data):
        told = "the validation rows, which also ended the training early"
        return data.take(validation), scored, told
    belonging = together(scored.features, scored.groups, scored.group_name)
    try:
        parts = split_rows(
            scored.labels, scored.spec, test_share=0.5, validation_share=0.0, groups=belonging.ids
        )
    except DataError as error:
        raise DataError(f"{scored.source}: too few rows for an operating point: {error}") from error
    return scored.take(parts.train), scored.take(parts.test), "a random half of these rows"


def goal_places(goal: Goal, spec: LabelSpec) -> list[int]:
    """Return the places of the label that a goal is about.

    Args:
        goal: Without a name it is about the class that means yes, else about each class and label.
        spec: The label.

    Raises:
        ValueError: There is no such class or label, or it is a number.
    """
    names = [spec.name_of(place) for place in range(spec.num_classes)]
    numbers = {p for c in spec.label_columns if c.number is not None for p in c.places}
    usable = [place for place in range(spec.num_classes) if place not in numbers]
    if goal.name is not None:
        if goal.name not in [names[place] for place in usable]:
            shown = ", ".join(repr(names[place]) for place in usable[:8])
            raise ValueError(f"--{goal.kind} is for {goal.name!r}; expected one of {shown}.")
        return [names.index(goal.name)]
    if not usable:
        raise ValueError(f"--{goal.kind} is for classes and yes/no labels; these are numbers.")
    place = yes_place(spec)
    return usable if place is None else [place]


def operating_points(
    model: AnyModel, chosen: Dataset, scored: Dataset, goal: Goal
) -> dict[str, dict[str, Any]]:
    """Return the operating point of each label that a goal is about, by name, as JSON types.

    No label is known to the model; side labels are, as the rows have them. Weights do not count.

    Args:
        model: A `Run`, or another model that `as_predictor` takes.
        chosen: Rows that choose the threshold.
        scored: Rows that score it.
        goal: What to reach.

    Returns:
        What `metrics.operating_point` returns, by name.
    """
    predictor = as_predictor(model)
    spec = predictor.spec
    prior = kept_shares(model, "stated") if isinstance(model, Run) else {}
    places = goal_places(goal, spec)
    parts = []
    for rows in (chosen, scored):
        sides = rows.sides.columns() if predictor.sides and rows.sides.specs else None
        y = rows.labels if spec.shape else spec.label_columns[0].labels(rows.labels)
        parts.append((y, predictor.probabilities(rows.features, sides=sides)))
    found = {}
    for place in places:
        own = []
        for y, p in parts:
            known = y[:, place] != UNKNOWN
            own.append((y[known, place] == 1, p[known, place]))
        name = spec.name_of(place)
        found[name] = operating_point(goal, own[0], own[1], prior.get(name))
    return found
