from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from labelfeed.metrics.operating_point import Goal, operating_point, proportion, threshold_for


def rows(n, seed, share=0.3):
    rng = np.random.default_rng(seed)
    present = rng.random(n) < share
    return present, 1 / (1 + np.exp(-(rng.normal(size=n) + 2 * present - 1)))


def test_the_interval_is_scipys_exact_one():
    for count, of in ((0, 12), (7, 40), (40, 40)):
        expected = stats.binomtest(count, of).proportion_ci(0.95, "exact")
        got = proportion(count, of)
        assert (got.low, got.high) == pytest.approx((expected.low, expected.high))
    assert proportion(3, 9) == proportion(3, 9, 0.5)  # too few for any interval
    assert proportion(3, 9).low is None
    assert proportion(0, 0).value is None


@pytest.mark.parametrize("value", [0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("kind", ["sensitivity", "precision"])
def test_the_threshold_is_the_best_of_all_that_reach_the_goal(kind, value):
    present, p = rows(200, 0)
    p = np.round(p, 2)  # ties
    found = threshold_for(Goal(kind, value), present, p)
    reached = []
    for level in np.unique(p):
        called = p >= level
        of = present if kind == "sensitivity" else called
        if (called & present).sum() >= value * of.sum() - 1e-9:
            reached.append(level)
    best = max(reached) if kind == "sensitivity" else min(reached)
    assert found == best


def test_what_cannot_be_reached_has_no_threshold():
    present, p = np.array([1, 0, 0, 0] * 9, bool), np.tile([0.2, 0.9, 0.3, 0.4], 9)
    got = operating_point(Goal("precision", 0.9), (present, p), (present, p))
    assert got["threshold"] is None
    assert got["notes"] == ["no threshold: no threshold reaches it there"]
    none = np.zeros(4, bool), np.full(4, 0.5)
    got = operating_point(Goal("sensitivity", 0.9), none, (present, p))
    assert got["notes"] == ["no threshold: no row that chooses has it"]


def test_other_rows_score_the_threshold():
    chosen, scored = rows(4000, 1), rows(4000, 2)
    got = operating_point(Goal("sensitivity", 0.9), chosen, scored, prior=0.01)
    present, p = scored
    called = p >= got["threshold"]
    assert got["sensitivity"]["value"] == np.mean(called[present])
    assert got["sensitivity"]["value"] == pytest.approx(0.9, abs=0.04)
    assert got["specificity"]["value"] == np.mean(~called[~present])
    assert got["precision"]["value"] == np.mean(present[called])
    true, false = np.mean(called[present]), np.mean(called[~present])
    expected = true * 0.01 / (true * 0.01 + false * 0.99)
    assert got["precision_at_prior"] == {"prior": 0.01, "value": pytest.approx(expected)}
    assert got["notes"] == []
    assert got["chosen_on"] == {"positives": int(chosen[0].sum()), "rows": 4000}


def test_too_few_positives_are_told():
    present, p = np.array([1] * 5 + [0] * 60, bool), np.linspace(1, 0, 65)
    got = operating_point(Goal("sensitivity", 0.95), (present, p), (present, p))
    assert got["sensitivity"]["low"] is None
    assert "that choose: only 5, of which 95% is all" in got["notes"][0]
    few = "too few of the scored rows for an interval of sensitivity (5), precision (5)"
    assert got["notes"][1] == few
    assert got["specificity"]["low"] is not None


@pytest.mark.parametrize("text", ["0", "1", "95", "ill=1.5", "nan"])
def test_a_goal_is_a_share(text):
    with pytest.raises(ValueError, match="above 0 and below 1"):
        Goal.of("sensitivity", text)


@pytest.mark.parametrize("text", ["", "ill", "0.9=ill"])
def test_a_goal_is_written_with_its_number_last(text):
    with pytest.raises(ValueError, match=r"takes 0\.95 or NAME=0\.95"):
        Goal.of("precision", text)


def test_a_name_may_hold_what_parts_it():
    assert Goal.of("precision", "colour=red=0.5").name == "colour=red"
