"""Boosted trees: label columns tell, features alone do not."""

from __future__ import annotations

import numpy as np
import pytest

import labelfeed.comparison.trees as rooms
from labelfeed.comparison.design import split_of
from labelfeed.comparison.plain import plain_model
from labelfeed.comparison.trees import trees, trees_with_labels, which_trees
from labelfeed.estimators.boosting import BoostingMember
from tests.comparison._rows import design_of, findings, turned


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "tree_member", lambda most=128: BoostingMember(iterations=15))


def test_known_labels_are_columns() -> None:
    split = split_of(design_of(findings(150, 2)), 0, 0)
    plain = plain_model(split, "logistic", 0, read=False)
    alone, told = trees(split, plain), trees_with_labels(split, plain)
    point = split.points["50% known"]
    hidden = (point.scored[:, 0] != -1) & (point.known[:, 1] != -1)
    p, other = told(point)[hidden, 0], point.known[hidden, 1]
    assert p[other == 1].mean() > p[other == 0].mean() + 0.3
    assert np.array_equal(alone(point), alone(split.points["0% known"]))


def test_side_labels_are_columns() -> None:
    split = split_of(design_of(turned(200)), 0, 0)
    plain = plain_model(split, "logistic", 0, read=False)
    point, told = split.points["known"], trees_with_labels(split, plain)
    right = (told(point).argmax(axis=1) == point.scored).mean()
    assert right > 0.8 > (trees(split, plain)(point).argmax(axis=1) == point.scored).mean()
    assert told(split.points["unknown"]).shape == told(point).shape


def test_trees_of_the_plain_model_are_not_fitted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    split = split_of(design_of(turned()), 0, 0)
    plain = plain_model(split, "boosting", 0, read=False)
    monkeypatch.setattr(BoostingMember, "cross_fit", None)
    assert trees(split, plain)(split.points["known"]).shape == (len(split.test), 2)


def test_lightgbm_is_taken_where_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms.importlib.util, "find_spec", lambda name: None)
    assert which_trees() == "boosted trees"
    monkeypatch.setattr(rooms.importlib.util, "find_spec", lambda name: name)
    assert which_trees() == "LightGBM"
