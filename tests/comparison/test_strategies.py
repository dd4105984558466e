"""The strategies on a split: each reads what it says it reads, and is plain where nothing pays."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.comparison import strategies as room
from labelfeed.comparison.contenders import CONTENDERS
from labelfeed.comparison.design import Unlabelled, split_of
from labelfeed.comparison.plain import plain_model
from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.honest import ColumnNoise
from labelfeed.noise.taught import Taught
from tests.comparison._rows import corners, design_of, findings, rare, turned
from tests.noise._rows import planted


def test_with_nothing_known_strategy_and_counts_are_plain(labelled) -> None:
    split, plain = labelled
    nothing, some = split.points["0% known"], split.points["50% known"]
    first = CONTENDERS["plain"].fit(split, plain)(nothing)
    for name in ("partial-labels", "bayes-product"):
        predict = CONTENDERS[name].fit(split, plain)
        assert np.allclose(predict(nothing), first) and not np.allclose(predict(some), first)


def test_the_side_label_is_read_and_its_control_reads_none(sided) -> None:
    split, plain = sided
    known, unknown = split.points["known"], split.points["unknown"]
    found = {n: CONTENDERS[n].fit(split, plain) for n in ("side-label", "side-label-blanked")}
    right = {n: (p(known).argmax(axis=1) == known.scored).mean() for n, p in found.items()}
    assert right["side-label"] > 0.85 and right["side-label-blanked"] < 0.75
    blanked = found["side-label-blanked"]
    assert np.array_equal(blanked(known), blanked(unknown))


def test_noisy_labels_without_noise_is_plain() -> None:
    split = split_of(design_of(turned(90)), 0, 0)
    plain = plain_model(split, "logistic", 0, read=False)
    point = split.points["known"]
    p = CONTENDERS["noisy-labels"].fit(split, plain)(point)
    assert p.shape == (len(split.test), 2) and np.allclose(p.sum(axis=1), 1)


def test_noisy_labels_says_what_will_be_given() -> None:
    x, _, given = planted(600, rate=0.35)
    rows = Dataset("arrays", x, given.astype(np.int32), LabelSpec.single(3), np.arange(600), "rows",
                   ("label",))  # fmt: skip
    split = split_of(design_of(rows), 0, 0)
    plain = plain_model(split, "logistic", 0, read=False)
    (point,) = split.points.values()
    p = CONTENDERS["noisy-labels"].fit(split, plain)(point)
    assert np.allclose(p.sum(axis=1), 1) and np.allclose(np.sort(p, axis=1)[:, 1:].mean(axis=0),
                                                         [0.35, 0.65], atol=0.07)  # fmt: skip
    losses = [
        -np.log(q[np.arange(len(q)), point.scored]).mean()
        for q in (p, CONTENDERS["plain"].fit(split, plain)(point))
    ]
    assert losses[0] < losses[1] + 0.01


def test_noisy_yes_no_labels_are_turned_each_by_its_own_matrix(monkeypatch) -> None:
    split = split_of(design_of(findings(90)), 0, 0)
    plain = plain_model(split, "logistic", 0, read=True)
    point = split.points["0% known"]
    before = CONTENDERS["plain"].fit(split, plain)(point)
    matrices = [np.eye(2), np.array([[0.9, 0.1], [0.4, 0.6]]), np.eye(2)]
    found = []
    for ids, column, matrix in zip(split.y.T, split.spec.label_columns, matrices, strict=True):
        sure = np.eye(2)[np.maximum(ids, 0)]
        found.append(ColumnNoise(column, ids, matrix, sure, sure, 1.0, 0.0, True))
    monkeypatch.setattr(room, "find_noise", lambda *args, **more: found)
    monkeypatch.setattr(room, "_again", lambda split, plain: plain)
    p = CONTENDERS["noisy-labels"].fit(split, plain)(point)
    assert np.allclose(p[:, [0, 2]], before[:, [0, 2]])
    assert np.allclose(p[:, 1], 0.1 + 0.5 * before[:, 1])


@pytest.fixture(scope="module")
def alone():
    split = split_of(design_of(corners()), 0, 0)
    return split, plain_model(split, "logistic", 0, read=False)


def test_labels_of_neighbours_stand_beside_the_plain_models(alone) -> None:
    split, plain = alone
    (point,) = split.points.values()
    right = {
        name: (CONTENDERS[name].fit(split, plain)(point).argmax(axis=1) == point.scored).mean()
        for name in ("plain", "neighbour-labels")
    }
    assert right["neighbour-labels"] > right["plain"] + 0.2


def test_pseudo_labels_change_nothing_where_they_are_not_tried_and_something_where_they_pay(
    alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    split, plain = alone
    (point,) = split.points.values()
    first = CONTENDERS["plain"].fit(split, plain)(point)
    fit = CONTENDERS["semi-supervised"].fit
    assert np.allclose(fit(split, plain)(point), first)
    free = Unlabelled(split.test_x, None, None)
    monkeypatch.setattr("labelfeed.unlabelled.joining._gain", lambda *_: (1.0, 0.1, 1.0))
    p = fit(dataclasses.replace(split, free=free), plain)(point)
    assert not np.allclose(p, first) and np.allclose(p.sum(axis=1), 1)


@pytest.mark.parametrize("pays", [False, True])
def test_training_only_columns_teach_where_they_pay(alone, monkeypatch, pays) -> None:
    split, plain = alone
    (point,) = split.points.values()
    soft = np.where(np.eye(2)[split.y[:, 1]] == 1, 0.8, 0.2)

    def teach(x, hidden, y, spec, **how):
        assert hidden.shape == (len(split.x), 1) and how["seed"] == split.seed
        return Taught([soft] if pays else [], 0.1, 0.01, 0.2, pays)

    monkeypatch.setattr(room, "teach", teach)
    given = dataclasses.replace(split, hidden=split.x[:, :1])
    p = CONTENDERS["training-only"].fit(given, plain)(point)
    same = np.allclose(p, CONTENDERS["plain"].fit(split, plain)(point), atol=1e-6)
    assert same != pays and p.shape == (len(split.test), 2)


def test_rare_classes_count_alike_at_equal_shares() -> None:
    split = split_of(design_of(rare()), 0, 0)
    plain = plain_model(split, "logistic", 0, read=False)
    (point,) = split.points.values()
    p = CONTENDERS["prior-adjusted"].fit(split, plain)(point)
    first = CONTENDERS["plain"].fit(split, plain)(point)
    assert first[:, 1].mean() < 0.15 < 0.2 < p[:, 1].mean()
