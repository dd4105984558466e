"""Probabilities, losses and log-odds of label columns."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.column_math import (
    base_logits,
    column_losses,
    column_of_place,
    known_columns,
    logits_of,
    probabilities_of,
)
from labelfeed.labels.spec import LabelSpec

SPEC = LabelSpec.columns([LabelSpec.single(["r", "g", "b"], name="colour"), "hot"])
LOGITS = np.array([[1.0, 2.0, 0.5, -1.0], [900.0, 0.0, 0.0, -900.0]])


def test_classes_are_a_softmax_and_yes_no_a_sigmoid() -> None:
    p = probabilities_of(LOGITS, SPEC)
    part = np.exp([1.0, 2.0, 0.5])
    assert p[0] == pytest.approx([*(part / part.sum()), 1 / (1 + np.e)])
    assert p[1].tolist() == [1, 0, 0, 0]
    assert column_of_place(SPEC).tolist() == [0, 0, 0, 1]


def test_logits_are_the_inverse_and_finite() -> None:
    p = probabilities_of(LOGITS[:1], SPEC)
    assert probabilities_of(logits_of(p, SPEC), SPEC) == pytest.approx(p)
    assert np.isfinite(logits_of(np.array([[0.0, 1.0, 0.0, 1.0]]), SPEC)).all()


def test_losses_are_the_log_of_what_was_true() -> None:
    y = np.array([[0, 1, 0, 1], [-1, -1, -1, 0]])
    losses, p = column_losses(y, LOGITS, SPEC), probabilities_of(LOGITS, SPEC)
    assert losses[0] == pytest.approx(-np.log([p[0, 1], p[0, 3]]))
    assert losses[1].tolist() == [0, 0]
    assert known_columns(y, SPEC).tolist() == [[True, True], [False, True]]
    yes_no = column_losses(y[:, 3:], LOGITS[:, 3:], LabelSpec.multi(1))  # has a path of its own
    assert yes_no == pytest.approx(losses[:, 1:])


def test_base_rates_of_nothing_are_even() -> None:
    y = np.array([[1, 0, 0, -1]] * 3)
    base = probabilities_of(base_logits(y, SPEC)[None], SPEC)[0]
    assert base == pytest.approx([3.5 / 4.5, 0.5 / 4.5, 0.5 / 4.5, 0.5])
    heavy = base_logits(np.array([[1], [0]]), LabelSpec.multi(1), np.array([9.0, 1.0]))
    assert heavy == pytest.approx(np.log(9.5 / 1.5))
