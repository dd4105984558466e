"""Which rows are learned from: only what a strategy or the file asks for changes them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from labelfeed.data.dataset import Coarse, Readings
from labelfeed.noise.annotators import majority
from labelfeed.options import PlainOptions, PriorAdjustedOptions, StrategyOptions
from labelfeed.strategies.rows_to_learn import RowsToLearn, rows_to_learn
from tests.strategies.test_noisy_labels import X, rows

pytestmark = pytest.mark.only_backend("torch")  # nothing of it is computed by Keras


def learned(data: Any, options: StrategyOptions, blended: bool = True) -> RowsToLearn:
    groups = np.arange(len(data))
    return rows_to_learn(X, data, groups, options, blended=blended, tell=lambda line: None)


def rare() -> Any:
    labels = np.where(np.arange(300) % 50 == 0, 1, 0).astype(np.int32)
    return dataclasses.replace(rows(), labels=labels)


def test_nothing_asked_is_nothing_changed() -> None:
    for options in (PlainOptions(), PriorAdjustedOptions()):
        data = rare()
        found = learned(data, options)
        assert found.x is X and found.rows is data and found.natural is data


def test_a_tree_without_a_coarse_row_changes_nothing() -> None:
    none = np.full(300, -1)
    coarse = Coarse({"a": "ab", "b": "ab"}, (), none, np.zeros((0, 3), bool))
    found = learned(dataclasses.replace(rare(), coarse=coarse), PriorAdjustedOptions(), False)
    assert len(found.x) > 300, "what the strategy asks for happens all the same"
    assert found.rows.coarse is None


def test_a_network_sees_rare_rows_more_often_and_the_prior_stays_that_of_all() -> None:
    data = rare()
    found = learned(data, PriorAdjustedOptions(), blended=False)
    assert found.rows.labels.mean() > 2 * data.labels.mean()
    assert found.natural is data
    assert found.groups is not None and len(set(found.groups.tolist())) == 300
    np.testing.assert_array_equal(X[found.groups], found.x)


def test_what_annotators_agree_on_is_what_training_rows_are() -> None:
    given = np.repeat(rows().labels[:, None], 3, axis=1)
    given[::7, 0] = (given[::7, 0] + 1) % 3
    readings = Readings(("a", "b", "c"), given, majority(given, 3))
    found = learned(dataclasses.replace(rows(), readings=readings), PlainOptions(plain="logistic"))
    assert found.natural is found.rows and len(found.rows) >= 300


def test_the_prior_in_training_is_that_of_rows_whose_class_is_known() -> None:
    data, odd = rows(), np.arange(300) % 2
    parents, below = {"0": "low", "1": "low"}, np.array([[True, True, False]])
    coarse = Coarse(parents, ("low",), np.where(odd, -1, 0), below)
    data = dataclasses.replace(data, labels=np.where(odd, data.labels, -1), coarse=coarse)
    found = learned(data, PlainOptions(plain="logistic"))
    assert found.natural.coarse is None and found.rows.coarse is None
    assert found.natural.targets.shape == (300,)
