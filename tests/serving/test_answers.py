"""Answers in the words of the training file; what was given is given back."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.runs.ask import ask
from labelfeed.serving.answers import predictions, questions
from tests.serving._runs import ROW, SPEC, several


def test_a_row_by_label_and_class() -> None:
    p = np.array([[0.2, 0.9, 0.3, 0.7]] * 2)
    known = np.array([[-1, -1, -1, -1], [1, -1, 1, 0]])
    free, told = predictions(SPEC, p, known)
    assert free["fever"] == {
        "predicted": "1", "probabilities": {"0": pytest.approx(0.1), "1": 0.9},
        "source": "predicted",
    }  # fmt: skip
    assert free["colour"]["predicted"] == "blue"
    assert told["cough"] == {
        "predicted": "1", "probabilities": {"0": 0, "1": 1}, "source": "given"
    }  # fmt: skip
    assert told["colour"]["probabilities"] == {"red": 1, "blue": 0}
    assert told["fever"]["source"] == "predicted"


def test_one_label_and_numbers() -> None:
    animal = LabelSpec.single(["cat", "dog"], "animal")
    (row,) = predictions(animal, np.array([[0.4, 0.6]]), None)
    assert row["animal"]["predicted"] == "dog"
    assert row["animal"]["probabilities"] == {"cat": 0.4, "dog": 0.6}
    age = LabelSpec.number(np.arange(100.0), "age", ranges=4)
    (row,) = predictions(age, np.array([[0, 0, 0, 1.0]]), None)
    assert 75 < row["age"]["predicted"] < 100 and row["age"]["spread"] > 0
    (row,) = predictions(LabelSpec.ranges([40, 65], "age"), np.array([[0.3, 0.3, 0.4]]), None)
    assert (row["age"]["predicted"], row["age"]["median"]) == (">=65", "40 to <65")


def test_questions_are_those_of_ask() -> None:
    service = several()
    row = service.reader.features([service.reader.read([ROW])])
    known = np.array([[-1, 1, -1, -1]])
    found = questions(service.run, row, "cough", known, 2)
    (question,) = ask(service.run, row, "cough", {"fever": 1})
    assert [q["label"] for q in found["ask"]] == [question.label] == ["colour"]
    assert found["ask"][0]["gain"] == question.gain
    assert found["nothing_known"] < found["all_known"] and set(found["alone"]) == {"fever"}
