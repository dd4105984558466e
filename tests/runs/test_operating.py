from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.operating_point import Goal
from labelfeed.models.wrapping import as_predictor
from labelfeed.runs.folder import Run
from labelfeed.runs.operating import choosing_rows, goal_places, operating_points
from labelfeed.strategies.plain import plain

pytestmark = pytest.mark.only_backend("torch")  # thresholds follow from scores, whoever gave them

P = np.random.default_rng(0).random((80, 2))
Y = (np.random.default_rng(1).random((80, 2)) < P).astype(np.int32)
ROWS = Dataset("arrays", P, Y, LabelSpec.multi(["cough", "fever"]), np.arange(80), "rows",
               fingerprint="one")  # fmt: skip


def run_of(**parts):
    model = plain(ROWS.spec, (2,), width=4)
    return Run(model, Preprocessor.fit(P), data={"fingerprint": "one"}, split=parts)


def test_validation_rows_choose_for_the_rows_held_out_and_else_a_half():
    run = run_of(validation=[1, 2, 3], test=[4, 5])
    held = ROWS.take(np.array([4, 5]))
    chosen, scored, told = choosing_rows(run, ROWS, held, "rows", "auto")
    assert (chosen.row_ids.tolist(), scored is held) == ([1, 2, 3], True)
    assert "validation rows" in told
    other = dataclasses.replace(ROWS, fingerprint="two")
    for run_, data in ((run, other), (run_of(validation=[], test=[4]), ROWS)):
        groups = np.arange(80) // 4
        grouped = dataclasses.replace(data, groups=groups)
        chosen, scored, told = choosing_rows(run_, data, grouped, "rows", "auto")
        assert told == "a random half of these rows"
        assert sorted([*chosen.row_ids, *scored.row_ids]) == list(range(80))
        assert not set(chosen.groups) & set(scored.groups)
        assert abs(len(chosen) - len(scored)) <= 8
    with pytest.raises(DataError, match="too few rows for an operating point"):
        choosing_rows(run, other, other.take(np.arange(2)), "rows", "auto")


def test_each_label_has_its_point_and_unknown_ones_do_not_count():
    labels = Y.copy()
    labels[60:, 1] = -1
    rows = dataclasses.replace(ROWS, labels=labels)
    model = as_predictor(lambda x, known: x, ROWS.spec)
    found = operating_points(model, ROWS, rows, Goal("sensitivity", 0.9))
    assert list(found) == ["cough", "fever"]
    assert found["fever"]["chosen_on"]["rows"] == 80
    assert found["fever"]["scored_on"]["rows"] == 60
    threshold = np.sort(P[Y[:, 1] == 1, 1])[::-1][int(np.ceil(0.9 * Y[:, 1].sum())) - 1]
    assert found["fever"]["threshold"] == threshold
    found = operating_points(model, ROWS, rows, Goal("precision", 0.9, "fever"))
    assert list(found) == ["fever"]


def test_what_a_goal_is_about():
    age = LabelSpec.number([20, 30, 40, 50], "age", ranges=2)
    colour = LabelSpec.single(["red", "green"], "colour")
    goal = Goal("sensitivity", 0.9)
    assert goal_places(goal, LabelSpec.single(["no", "yes"])) == [1]
    assert goal_places(goal, colour) == [0, 1]
    mixed = LabelSpec.columns([age, colour, "fever"])
    assert goal_places(goal, mixed) == [2, 3, 4]
    assert goal_places(Goal("sensitivity", 0.9, "colour=green"), mixed) == [3]
    with pytest.raises(ValueError, match="expected one of 'colour=red', 'colour=green', 'fever'"):
        goal_places(Goal("sensitivity", 0.9, "age"), mixed)
    with pytest.raises(ValueError, match="these are numbers"):
        goal_places(goal, age)
