"""Random labels, and the most that anybody can score on them without reading them."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.audit.chance import above_chance, best_blind, convicts, random_labels
from labelfeed.audit.probes import Chance
from labelfeed.labels.spec import LabelSpec

pytestmark = pytest.mark.only_backend("torch")
SPEC = LabelSpec.single(3)
COLUMNS = LabelSpec.columns(["ill", LabelSpec.single(["i", "ii", "iii"], name="stage")])
CROSS = "sparse_categorical_crossentropy"


def test_random_labels_tell_nothing_of_each_other_and_none_is_unknown() -> None:
    y = np.array([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, -1, -1, -1]] * 5)
    drawn = random_labels(y, COLUMNS, 4000, np.random.default_rng(0))
    assert (drawn[:, 1:].sum(axis=1) == 1).all() and set(np.unique(drawn)) == {0, 1}
    assert abs(np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]) < 0.06
    assert drawn[:, 0].mean() == pytest.approx(1 / 3, abs=0.03)


def test_the_best_of_who_learns_by_heart_is_the_most_frequent_label_of_equal_rows() -> None:
    y = np.array([0, 0, 1, 2, 2, 2])
    accuracy, nats = best_blind(y, SPEC, np.array([5, 5, 5, 7, 7, 7]))
    assert accuracy == pytest.approx(5 / 6)
    assert nats == pytest.approx(-(2 * np.log(2 / 3) + np.log(1 / 3)) / 6)
    assert best_blind(y, SPEC)[0] == 0.5
    assert best_blind(y, SPEC, np.arange(6)) == (1.0, 0.0)
    assert best_blind(np.array([-1, -1]), SPEC)[0] == 0.0


def test_of_columns_of_classes_the_loss_counts_each_column_once() -> None:
    y = np.array([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    nats = best_blind(y, COLUMNS)[1]
    ill = -(np.log(1 / 3) + 2 * np.log(2 / 3))
    assert nats == pytest.approx((ill + 3 * np.log(3)) / 12)


def test_only_accuracies_of_hidden_labels_or_else_a_plain_cross_entropy_are_compared() -> None:
    logs = {"loss": 0.1, "shown_accuracy": 1.0, "val_accuracy": 1.0, "top_k_accuracy": 1.0}
    (only,) = above_chance(logs, CROSS, (0.5, 0.69), 100, "training")
    assert (only.what, only.chance) == ("training loss", 0.69)
    assert above_chance(logs, "mse", (0.5, 0.69), 100, "training") == ()
    smoothed = type("BinaryCrossentropy", (), {"label_smoothing": 0.1})()
    assert above_chance(logs, smoothed, (0.5, 0.69), 100, "training") == ()
    (named,) = above_chance({**logs, "acc": 0.9}, CROSS, (0.5, 0.69), 100, "evaluate")
    assert named.what == "evaluate acc"


def test_what_is_significant_must_also_be_large() -> None:
    assert convicts(Chance("training accuracy", 0.6, 0.5, 1e-9), 0.01)
    assert not convicts(Chance("training accuracy", 0.51, 0.5, 1e-9), 0.01)
    assert not convicts(Chance("training accuracy", 0.9, 0.5, 0.02), 0.01)
    assert convicts(Chance("training loss", 0.1, 0.69, 1e-9), 0.01)
    assert not convicts(Chance("training loss", 0.66, 0.69, 1e-9), 0.01)


def test_who_does_not_read_the_labels_is_hardly_ever_convicted() -> None:
    rng = np.random.default_rng(0)
    wrong = 0
    for _ in range(400):
        y = rng.integers(0, 2, 100)
        said = rng.random(100)
        logs = {"loss": -np.log(np.where(y, said, 1 - said)).mean()}
        best = best_blind(y, LabelSpec.single(2))
        scores = above_chance(logs, CROSS, best, 100, "training")
        scores += above_chance({"acc": ((said > 0.5) == y).mean()}, None, best, 100, "training")
        wrong += any(convicts(score, 0.01) for score in scores)
    assert wrong <= 8  # of 400 at two tests of .01
