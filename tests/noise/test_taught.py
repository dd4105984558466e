"""Soft labels of a teacher that sees what only training sees."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise import taught as place
from labelfeed.noise.taught import Taught, soft_labels, teach

RNG = np.random.default_rng(0)
ROWS = 240
X = RNG.normal(size=(ROWS, 8)).astype(np.float32)
TRUE = (X[:, 0] + X[:, 1] > 0).astype(int)
SECOND = np.where(RNG.random(ROWS) < 0.03, 1 - TRUE, TRUE)  # reading, better than the label is
Y = np.eye(2, dtype=int)[np.where(RNG.random(ROWS) < 0.3, 1 - TRUE, TRUE)]
SPEC = LabelSpec.single(2)


def taught(hidden: np.ndarray, **more: object) -> Taught:
    steps: list[tuple[int, int]] = []
    given = hidden[:, None].astype(np.float32)
    found = teach(X, given, Y, SPEC, plain=LogisticRegression(), **more,
                  on_step=lambda done, total: steps.append((done, total)))  # fmt: skip
    numbers = [done for done, _ in steps]
    assert numbers == list(range(len(numbers)))
    assert numbers[-1] <= steps[-1][1]
    return found


@pytest.mark.parametrize("sure", [0.7, 0.999])
def test_soft_labels_are_taken_where_the_student_is_better_on_rows_it_did_not_see(
    monkeypatch: pytest.MonkeyPatch, sure: float
) -> None:
    class Student:
        """Knows the truth, as sure of it as is right for these labels, or far too sure."""

        def predict_proba(self, x: np.ndarray) -> np.ndarray:
            true = (x[:, 0] + x[:, 1] > 0).astype(int)
            return np.where(np.eye(2)[true] == 1, sure, 1 - sure)

    monkeypatch.setattr(place, "fit_soft", lambda *_: Student())
    found = taught(8 * SECOND)
    assert found.pays == (found.gain > 0) == (sure == 0.7)
    assert found.teacher > 0
    assert bool(found.posteriors) == found.pays
    if found.pays:
        np.testing.assert_allclose(found.posteriors[0].sum(axis=1), 1)
        assert (found.posteriors[0].argmax(axis=1) == TRUE).mean() > 0.8, "the labels: .7"


def test_columns_that_tell_nothing_are_left_out() -> None:
    found = taught(RNG.normal(size=ROWS), groups=np.arange(ROWS) // 2)
    assert not found.pays
    assert not found.posteriors
    assert found.teacher < 0.02


def test_soft_labels_are_out_of_fold_of_the_row() -> None:
    coin = np.eye(2, dtype=int)[RNG.integers(0, 2, ROWS)]
    coin[:5] = -1
    teacher = LabelFedClassifier(LogisticRegression(), SPEC, read=False)
    (soft,) = soft_labels(teacher.fit(X, np.where(coin[:, 0] < 0, -1, coin[:, 1])), coin)
    np.testing.assert_allclose(soft.sum(axis=1), 1)
    said = (soft[5:] - 0.25 * coin[5:]) / 0.75
    assert abs((said.argmax(axis=1) == coin[5:].argmax(axis=1)).mean() - 0.5) < 0.12
