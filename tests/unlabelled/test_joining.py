"""Students join the plain models where the blend with them is better, and else change nothing."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.linear import LinearLogits
from labelfeed.estimators.member import CrossFitted
from labelfeed.labels.spec import LabelSpec
from labelfeed.unlabelled.joining import join_students, not_tried, sample_of
from labelfeed.unlabelled.pseudo_labels import Smoothing
from labelfeed.unlabelled.teaching import Students

RNG = np.random.default_rng(0)
SPEC = LabelSpec.multi(["ill"])


@pytest.mark.parametrize("wise", [True, False])
def test_only_students_that_know_more_join(wise) -> None:
    x = RNG.normal(size=(60, 2))
    y = (x[:, :1] > 0).astype(int)
    alone = LabelFedClassifier("logistic", SPEC, read=False).fit(x[:, 1:], y)  # reads noise alone
    weights = np.array([[8.0 if wise else 0.0]])
    final = LinearLogits(weights, np.zeros(1))
    student = CrossFitted("student", final.logits(x[:, :1]), final)
    some = Students([student], Smoothing(0.0, 1.0, 1.0, 0.1), 1, [0.1], 0.9)
    joined, said = join_students(alone, some, x[:, 1:], y)
    assert [m.name for m in joined.members_] == ["logistic"] + ["student"] * wise
    assert said.startswith("taken: out of fold they save" if wise else "not taken: out of fold")
    if not wise:
        assert np.array_equal(joined.plain_logits(x[:, 1:]), alone.plain_logits(x[:, 1:]))


def test_when_it_is_tried_and_on_how_many_rows() -> None:
    assert not_tried(100, 10) is None and "10,000" in str(not_tried(10_000, 9_000))
    assert "9 rows without a label beside 100" in str(not_tried(100, 9))
    free = np.arange(5000)
    assert len(sample_of(free, 26, 0)) == 1538 and len(sample_of(free[:900], 26, 0)) == 900
