"""The cheap peers: odds times counted odds, two plain models, class weights."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.comparison.contenders import CONTENDERS
from labelfeed.comparison.design import split_of
from labelfeed.comparison.plain import plain_model
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.labels.pairwise import pairwise_log_odds
from tests.comparison._rows import design_of, findings, rare, turned


def test_the_product_multiplies_odds_by_counted_ones(labelled) -> None:
    split, plain = labelled
    point = split.points["50% known"]
    p = CONTENDERS["bayes-product"].fit(split, plain)(point)
    tables = pairwise_log_odds(split.y).astype(float)
    evidence = (point.known == 0) @ tables[0] + (point.known == 1) @ tables[1]
    odds = np.exp(plain.plain_logits(split.test_x) + evidence)
    assert np.allclose(p, odds / (1 + odds))


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


@pytest.mark.parametrize("several", [False, True])
def test_class_weights_make_rare_classes_count(several, monkeypatch) -> None:
    monkeypatch.setattr("labelfeed.comparison.peers.tree_member", LogisticMember)
    split = split_of(design_of(rare(several)), 0, 0)
    plain = plain_model(split, "logistic", 0, read=False)
    point = next(iter(split.points.values()))
    found = {}
    for name in ("plain", "logistic-weighted", "trees-weighted"):
        p = CONTENDERS[name].fit(split, plain)(point)
        assert p.shape == (len(split.test), split.spec.num_classes)
        found[name] = p[:, 0 if several else 1].mean()
    assert found["plain"] < 0.15 and found["trees-weighted"] == found["logistic-weighted"] > 0.2
