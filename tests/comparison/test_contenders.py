"""Those that are compared: what applies, and that each reads what it says it reads."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.comparison.contenders import CONTENDERS, applying, plain_model, told_name
from labelfeed.comparison.design import split_of
from labelfeed.labels.pairwise import pairwise_log_odds
from tests.comparison._rows import design_of, findings, turned


@pytest.fixture(scope="module")
def labelled():
    split = split_of(design_of(findings(150)), 0, 0)
    return split, plain_model(split, "logistic", 0, read=True)


@pytest.fixture(scope="module")
def sided():
    split = split_of(design_of(turned(200)), 0, 0)
    return split, plain_model(split, "logistic", 0, read=False)


def test_what_applies_follows_the_inputs() -> None:
    assert "partial-labels" in applying("labels", "auto")
    assert "side-label" in applying("sides", "auto") and "plain-twice" in applying("labels", "auto")
    asked = applying("labels", "logistic", ("noisy-labels",))
    assert "noisy-labels" in asked and "partial-labels" not in asked and "bayes-product" in asked
    strategies = [n for n in applying("target", "auto") if CONTENDERS[n].role == "strategy"]
    assert strategies == ["noisy-labels"]


def test_with_nothing_known_strategy_and_counts_are_plain(labelled) -> None:
    split, plain = labelled
    nothing, some = split.points["0% known"], split.points["50% known"]
    first = CONTENDERS["plain"].fit(split, plain)(nothing)
    for name in ("partial-labels", "bayes-product"):
        predict = CONTENDERS[name].fit(split, plain)
        assert np.allclose(predict(nothing), first) and not np.allclose(predict(some), first)


def test_the_product_multiplies_odds_by_counted_ones(labelled) -> None:
    split, plain = labelled
    point = split.points["50% known"]
    p = CONTENDERS["bayes-product"].fit(split, plain)(point)
    tables = pairwise_log_odds(split.y).astype(float)
    evidence = (point.known == 0) @ tables[0] + (point.known == 1) @ tables[1]
    odds = np.exp(plain.plain_logits(split.test_x) + evidence)
    assert np.allclose(p, odds / (1 + odds))


def test_the_side_label_is_read_and_its_control_reads_none(sided) -> None:
    split, plain = sided
    known, unknown = split.points["known"], split.points["unknown"]
    found = {n: CONTENDERS[n].fit(split, plain) for n in ("side-label", "side-label-blanked")}
    right = {n: (p(known).argmax(axis=1) == known.scored).mean() for n, p in found.items()}
    assert right["side-label"] > 0.85 and right["side-label-blanked"] < 0.75
    blanked = found["side-label-blanked"]
    assert np.array_equal(blanked(known), blanked(unknown))


def test_the_product_of_side_labels_takes_several_targets() -> None:
    rows = findings(80)
    sides = turned(80).sides
    split = split_of(design_of(type(rows)(**{**vars(rows), "sides": sides})), 0, 0)
    plain = plain_model(split, "logistic", 0, read=False)
    p = CONTENDERS["bayes-product"].fit(split, plain)(split.points["known"])
    assert p.shape == (len(split.test), 3) and ((p > 0) & (p < 1)).all()


def test_two_plain_models_are_averaged(sided) -> None:
    split, plain = sided
    twice = CONTENDERS["plain-twice"].fit(split, plain)(split.points["known"])
    once = CONTENDERS["plain"].fit(split, plain)(split.points["known"])
    assert not np.array_equal(twice, once) and np.abs(twice - once).max() < 0.1


def test_noisy_labels_without_noise_is_plain() -> None:
    split = split_of(design_of(turned(90)), 0, 0)
    plain = plain_model(split, "logistic", 0, read=False)
    point = split.points["known"]
    p = CONTENDERS["noisy-labels"].fit(split, plain)(point)
    assert p.shape == (len(split.test), 2) and np.allclose(p.sum(axis=1), 1)


def test_names_say_which_columns() -> None:
    assert "side label columns" in told_name("trees-with-labels", "sides")
    assert told_name("side-label", "sides") == "side-label"
