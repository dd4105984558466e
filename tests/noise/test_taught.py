"""Soft labels of a teacher that sees what only training sees."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.taught import WAYS, Taught, lessons, teach

RNG = np.random.default_rng(0)
ROWS = 240
X = RNG.normal(size=(ROWS, 30)).astype(np.float32)
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


def test_a_better_reading_of_the_same_thing_teaches() -> None:
    found = taught(SECOND)
    assert found.way == "own"
    assert found.gains["own"] > 0
    assert found.teacher > found.gains["own"], "as a feature it would be worth more"
    np.testing.assert_allclose(found.posteriors[0].sum(axis=1), 1)
    assert (found.posteriors[0].argmax(axis=1) == TRUE).mean() > 0.9, "the labels: .7"


def test_a_copy_of_the_label_teaches_nothing_and_costs_nothing() -> None:
    found = taught(Y[:, 1], groups=np.arange(ROWS) // 2)
    assert found.teacher > 0.1
    assert max(found.gains.values()) < 0.05
    assert (found.way is None) == (not found.posteriors)
    noise = taught(RNG.normal(size=ROWS))
    assert noise.way is None
    assert set(noise.gains) == set(WAYS)


def test_lessons_are_out_of_fold_of_the_row() -> None:
    coin = np.eye(2, dtype=int)[RNG.integers(0, 2, ROWS)]
    member = LogisticRegression()
    usual = LabelFedClassifier(member, SPEC, read=False).fit(X, coin.argmax(axis=1))
    _, soft = lessons(usual, X, X[:, :1], coin, SPEC, plain=member)
    right = (soft["others"][0].argmax(axis=1) == coin.argmax(axis=1)).mean()
    assert right < 0.62, "labels that are coins cannot be told by models that did not see them"
