"""Pseudo-labels teach, and are told from labels that nobody may see."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_moons

from labelfeed.estimators.column_math import probabilities_of
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.labels.spec import LabelSpec
from labelfeed.unlabelled.teaching import fit_students, paired_gain

SPEC = LabelSpec.single(2)
X, TRUE = make_moons(400, noise=0.08, random_state=0)
X = X.astype(np.float32)


def few(labels: np.ndarray = TRUE, each: int = 8) -> np.ndarray:
    """Return labels of the first rows of each class, one-hot, -1 elsewhere."""
    y = np.full((len(labels), 2), -1)
    for c in (0, 1):
        y[np.flatnonzero(labels == c)[:each], c] = 1
    return np.where((y == 1).any(axis=1)[:, None], np.maximum(y, 0), -1)


@pytest.fixture(scope="module")
def taught():
    trees = [ExtraTreesMember(trees=20)]
    steps: list[tuple[int, int]] = []
    found = fit_students(
        X, few(), SPEC, teachers=[LogisticMember()], students=trees,
        on_step=lambda *step: steps.append(step),
    )  # fmt: skip
    return found, steps


def test_a_student_learns_the_shape_that_its_teacher_does_not_see(taught) -> None:
    found, _ = taught
    (student,) = found.members
    assert student.name == "extra-trees on pseudo-labels" and student.oof.shape == (16, 2)
    p = probabilities_of(student.final.logits(X[300:]), SPEC)
    linear = LogisticMember().cross_fit(X[few()[:, 0] >= 0], few()[few()[:, 0] >= 0], SPEC,
                                        np.arange(16) % 2).final  # fmt: skip
    right = [np.mean(q.argmax(axis=1) == TRUE[300:]) for q in (p, linear.logits(X[300:]))]
    assert right[0] > right[1] + 0.02 and found.smoothing.alpha > 0


def test_each_step_is_told_and_the_last_one(taught) -> None:
    found, steps = taught
    done, total = zip(*steps, strict=True)
    assert done[0] == 0 and done[-1] == total[-1] == max(total) and list(done) == sorted(done)
    assert 1 <= found.rounds <= len(found.losses) <= 2


def test_random_labels_are_not_predicted_out_of_fold() -> None:
    """A label that reached its own pseudo-label would be."""
    rng = np.random.default_rng(1)
    random = rng.integers(0, 2, 400)
    y = few(random, each=40)
    found = fit_students(
        X, y, SPEC, teachers=[ExtraTreesMember(trees=10)], students=[ExtraTreesMember(trees=10)],
        rounds=2,
    )  # fmt: skip
    (student,) = found.members
    known = y[:, 0] >= 0
    assert np.mean(student.oof.argmax(axis=1) == random[known]) < 0.65


def test_rows_of_a_group_held_out_do_not_teach() -> None:
    seen: list[np.ndarray] = []

    class Spy(LogisticMember):
        def cross_fit(self, x, y, spec, folds, **kwargs):
            seen.append(x[:, 1])
            return super().cross_fit(x, y, spec, folds, **kwargs)

    number = np.arange(60)
    x = np.stack([TRUE[:60] + 0.1 * number, number], axis=1).astype(np.float32)
    y = few(TRUE[:60], each=5)
    groups = number // 2
    fit_students(x, y, SPEC, teachers=[LogisticMember()], students=[Spy()], groups=groups, rounds=1)
    labelled = np.flatnonzero(y[:, 0] >= 0)
    for rows in seen[:-1]:
        out = labelled[~np.isin(labelled, rows)]
        assert len(out) and not np.isin(groups[rows.astype(int)], groups[out]).any()
    assert len(np.unique(seen[-1])) == 60


def test_the_gain_is_paired() -> None:
    gain, error = paired_gain(np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0, 1.0]))
    assert gain == 1.0 and error == pytest.approx(np.std([1, 0, 2]) / 3**0.5)
