"""From splits to means, intervals and one sentence."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from labelfeed.comparison.decision import Outcome
from labelfeed.comparison.summary import (
    by_values,
    compared,
    in_unit,
    sentence,
    split_scores,
    with_all,
)
from labelfeed.comparison.trees import which_trees
from labelfeed.metrics.intervals import Interval
from tests.comparison._rows import NAMES, design_of, drawn, findings, made_up

_GAIN = Interval(0.031, 0.019, 0.042, 9, 10)


@pytest.fixture
def design():
    words = np.array(["a"] * 55 + ["b"] * 5, object)
    return design_of(findings(), by={"site": words})


def test_sentences_say_who_beats_whom_and_when() -> None:
    def said(kind: str, name: str, peer: str, **more) -> str:
        decision = Outcome(kind, name, peer, _GAIN, 0.01, 0.02, **more)
        return sentence(decision, NAMES, "labels", "macro_auc", "when 2 of 3 labels are known", "x")

    assert said("pays", "partial-labels", "plain") == (
        "pays: partial-labels +3.1 points of macro-AUC [1.9, 4.2] over the best of plain and the "
        "Bayes product when 2 of 3 labels are known (the best: plain)"
    )
    assert said("does not pay", "partial-labels", "plain").startswith(
        "does not pay here: use plain (partial-labels +3.1"
    )
    trees = said("does not pay", "partial-labels", "trees", over_plain=_GAIN)
    assert trees.startswith(f"does not pay here: use {which_trees()} (partial-labels +3.1")
    assert trees.endswith(f"known; {which_trees()} {in_unit(_GAIN, 'macro_auc')} over plain)")
    noisy = said("does not pay", "noisy-labels", "plain")
    assert noisy.startswith("cannot tell by labels that are wrong themselves: noisy-labels +3.1")
    unsure = Interval(0.01, -0.01, 0.03, 9, 10)
    assert "use plain (" in said("does not pay", "partial-labels", "trees", over_plain=unsure)
    assert "no strategy is shown to beat it" in said("labels pay", "bayes-product", "plain")
    both = said("labels pay", "partial-labels", "plain", reader="bayes-product", over_reader=_GAIN)
    assert "not shown to beat the Bayes product (+3.1" in both
    assert said("cannot tell", "", "plain") == "cannot tell: x"
    rare = said("beats plain", "prior-adjusted", "trees", reader="logistic-weighted",
                over_reader=_GAIN)  # fmt: skip
    assert rare.startswith("prior-adjusted beats plain, +3.1 points of macro-AUC [1.9, 4.2] over ")
    assert rare.endswith("to beat logistic regression with class weights (+3.1 points of "
                         "macro-AUC [1.9, 4.2]): take either")  # fmt: skip
    worse = Interval(-0.03, -0.05, -0.01, 10, 0)
    rare = said("beats plain", "prior-adjusted", "trees", reader="logistic-weighted",
                over_reader=worse)  # fmt: skip
    assert rare.endswith("[-5.0, -1.0]): take logistic regression with class weights")


def test_units_turn_what_is_better_lower() -> None:
    assert in_unit(Interval(0.02, 0.01, 0.03, 3, 3), "log_loss") == (
        "+0.020 less log loss [0.010, 0.030]"
    )
    assert (
        in_unit(Interval(0.02, math.nan, math.nan, 1, 1), "accuracy") == "+2.0 points of accuracy"
    )
    design = design_of(findings(), metric="log_loss")
    splits = [made_up((0, 0), dict(zip(NAMES, (0.5, 0.4, 0.6), strict=True)), design)]
    found = split_scores(splits, NAMES, "log_loss", design.verdict_point)
    assert found["partial-labels"] > found["plain"] > found["bayes-product"]


def test_splits_without_a_score_do_not_count(design) -> None:
    splits = [drawn(at, 0.1, design) for at in design.plan[:6]]
    point = splits[2]["contenders"]["plain"]["scores"][design.verdict_point]
    point["macro_auc"] = None
    found = split_scores(splits, NAMES, "macro_auc", design.verdict_point)
    assert {len(v) for v in found.values()} == {5}
    del splits[0]["contenders"]["bayes-product"]
    assert with_all(splits, NAMES) == ["plain", "partial-labels"]


def test_each_is_compared_with_the_best_of_the_others(design) -> None:
    splits = [drawn(at, 0.1, design) for at in design.plan[:10]]
    plain, ours, _ = compared(splits, NAMES, design)
    assert plain.over_plain is None and plain.best == "bayes-product"
    assert ours.over_plain.mean == pytest.approx(0.1, abs=0.02) and ours.over_best.low > 0
    assert ours.over_best.wins == 10 and ours.bins[9] == (300, 29 / 30, 28 / 30)
    without = compared(splits, NAMES, design, intervals=False)[1]
    assert math.isnan(without.over_plain.low)


def test_rare_values_have_no_interval(design) -> None:
    splits = [drawn(at, 0.1, design) for at in design.plan[:10]]
    many, few = by_values(splits, NAMES, design, "partial-labels")
    assert (many.value, many.rows, few.rows) == ("a", 55, 5)
    assert many.gain.low > 0 and few.gain is None and few.scores["plain"] is not None
    ranges = np.array(["7 to 9"] * 30 + ["10 to 12"] * 30, object)
    other = dataclasses.replace(design, by={"age": ranges})
    splits = [drawn(at, 0.1, other) for at in design.plan[:5]]
    assert [one.value for one in by_values(splits, NAMES, other, "plain")] == ["7 to 9", "10 to 12"]
