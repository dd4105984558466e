from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.numbers import SHARE, mean_numbers, number_scores, scores_of_numbers

RNG = np.random.default_rng(0)
TRUTH = RNG.normal(50, 10, 2000)
AGE = LabelSpec.number(TRUTH, name="age", ranges=8)
RANGES = AGE.numbers[0]
BASE = np.full((2000, 8), 1 / 8)


def test_the_base_rates_are_the_mean_with_an_honest_interval() -> None:
    found = number_scores(TRUTH, BASE, RANGES)
    assert found.r2 == pytest.approx(0, abs=1e-9)
    assert found.rmse == pytest.approx(TRUTH.std()) and found.spread == pytest.approx(TRUTH.std())
    assert found.coverage == pytest.approx(SHARE, abs=0.01)
    sure = number_scores(TRUTH, np.eye(8)[RANGES.ids(TRUTH)], RANGES)
    assert sure.mae < 0.3 * found.mae and sure.r2 > 0.9 and sure.spread < found.spread


def test_weights_count_rows() -> None:
    truth, p = TRUTH[:3], BASE[:3]
    twice = number_scores(truth[[0, 0, 1, 2]], p[[0, 0, 1, 2]], RANGES)
    weighed = number_scores(truth, p, RANGES, np.array([2.0, 1.0, 1.0]))
    assert weighed.mae == pytest.approx(twice.mae) and weighed.r2 == pytest.approx(twice.r2)


def test_only_hidden_and_known_numbers_are_scored() -> None:
    spec = LabelSpec.columns([AGE, "fever"])
    labels = spec.encode({"age": TRUTH[:4], "fever": [1, 0, 1, 0]})
    labels[0] = -1
    numbers = {"age": np.where(np.arange(4) == 1, np.nan, TRUTH[:4])}
    p = np.column_stack([BASE[:4], np.full(4, 0.5)])
    found = scores_of_numbers(numbers, labels, p, spec)
    assert found["age"] == number_scores(TRUTH[2:4], BASE[2:4], RANGES)
    weights = np.ones((4, 9))
    weights[2] = 0
    assert scores_of_numbers(numbers, labels, p, spec, weights)["age"].rows == 1
    assert scores_of_numbers({}, labels, p, spec) == {}
    bare = LabelSpec.columns([LabelSpec.ranges(RANGES.edges, "age"), "fever"])
    assert scores_of_numbers(numbers, labels, p, bare) == {}


def test_draws_are_averaged_where_there_are_some() -> None:
    one, two = (number_scores(TRUTH[:n], BASE[:n], RANGES) for n in (1, 9))
    means = mean_numbers([{"age": one}, {"age": two}, {}])
    assert means["age"]["mae"] == pytest.approx((one.mae + two.mae) / 2)
    assert means["age"]["r2"] == two.r2 and one.r2 is None and means["age"]["rows"] == 5
    assert mean_numbers([{}]) == {}
