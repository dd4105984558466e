"""What is said to pay has beaten everyone, at a rate that all looks share."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.comparison.decision import ALPHA, FEWEST_SPLITS, alpha_of, decide

WHO = ("plain", "partial-labels", "bayes-product", "trees-with-labels", "trees")


def _scores(splits: int = 15, seed: int = 0, **gains: float) -> dict[str, np.ndarray]:
    """Return scores of splits that differ by more than the contenders do."""
    rng = np.random.default_rng(seed)
    common = rng.normal(0.8, 0.03, splits)
    return {
        name: common + gains.get(name.replace("-", "_"), 0.0) + rng.normal(0, 0.005, splits)
        for name in WHO
    }


def test_a_strategy_pays_that_beats_every_peer() -> None:
    found = decide(_scores(partial_labels=0.04, bayes_product=0.01), 0.2, ALPHA)
    assert (found.kind, found.name, found.peer) == ("pays", "partial-labels", "bayes-product")
    assert 0 < found.gain.low < 0.03 < found.gain.high and found.p <= ALPHA and not found.hopeless


def test_it_does_not_pay_where_one_peer_is_as_good() -> None:
    found = decide(_scores(partial_labels=0.04, trees_with_labels=0.04), 0.2, ALPHA)
    assert found.kind == "labels pay" and found.gain.low > 0
    if found.name == "partial-labels":
        assert found.reader == "trees-with-labels" and found.over_reader.low < 0
    trees = decide(_scores(trees_with_labels=0.04), 0.2, ALPHA)
    assert (trees.kind, trees.name, trees.reader) == ("labels pay", "trees-with-labels", "")


def test_a_strategy_that_reads_nothing_of_the_row_is_not_said_to_be_paid_by_labels() -> None:
    rng = np.random.default_rng(0)
    gains = {"plain": 0.0, "noisy-labels": 0.04, "trees-with-labels": 0.04}
    scores = {name: 0.8 + gain + rng.normal(0, 0.005, 15) for name, gain in gains.items()}
    scores["trees-with-labels"] += rng.normal(0, 0.1, 15)  # not shown to beat anything
    found = decide(scores, 0.2, ALPHA, "sides")
    assert (found.kind, found.name, found.peer) == ("beats plain", "noisy-labels", "plain")
    assert found.reader == "trees-with-labels" and found.over_reader.low < 0 < found.gain.low


def test_class_weights_are_a_peer_of_rare_classes_and_no_plain_model() -> None:
    rng = np.random.default_rng(0)
    gains = {"plain": 0.0, "prior-adjusted": 0.2, "logistic-weighted": 0.2}
    scores = {name: 0.6 + gain + rng.normal(0, 0.01, 15) for name, gain in gains.items()}
    found = decide(scores, 0.2, ALPHA, "target")
    assert (found.kind, found.peer, found.reader) == ("beats plain", "plain", "logistic-weighted")
    assert decide(scores, 0.2, ALPHA, "labels").kind == "beats plain", "not by the labels"


def test_better_plain_trees_are_no_gain_of_labels() -> None:
    found = decide(_scores(partial_labels=0.04, trees=0.05), 0.2, ALPHA)
    assert found.kind == "does not pay" and found.peer == "trees" and found.hopeless
    assert found.gain.mean < 0 < found.over_plain.low
    found = decide(_scores(partial_labels=0.0), 0.2, ALPHA)
    assert found.kind == "does not pay" and (found.over_plain is None) == (found.peer == "plain")


def test_nothing_is_said_to_pay_by_chance() -> None:
    """Plain alone as the peer is the case in which that is easiest."""
    rng = np.random.default_rng(0)
    said = 0
    for _ in range(400):
        rows = rng.normal(size=(2, 100))
        splits = [rng.permutation(100).reshape(5, 20) for _ in range(3)]
        scores = {
            name: np.concatenate([own[part].mean(axis=1) for part in splits])
            for name, own in zip(("plain", "partial-labels"), rows, strict=True)
        }
        said += decide(scores, 0.2, ALPHA).kind != "does not pay"
    assert said / 400 <= 0.05


def test_few_splits_tell_nothing() -> None:
    found = decide(_scores(FEWEST_SPLITS - 1, partial_labels=0.2), 0.2, ALPHA)
    assert found.kind == "cannot tell" and np.isnan(found.gain.low)


def test_a_target_alone_is_decided_too() -> None:
    rng = np.random.default_rng(0)
    scores = {n: 0.8 + rng.normal(0, 0.003, 15) for n in ("plain", "noisy-labels", "trees")}
    assert decide(scores, 0.2, ALPHA).kind == "does not pay"
    scores["noisy-labels"] += 0.03
    assert decide(scores, 0.2, ALPHA).kind == "pays"


@pytest.mark.parametrize(
    "order",
    [[(False, False), (True, True)], [(True, False)] * 6, [(False, False), (True, False)]],
)
def test_looks_never_use_more_than_the_rate(order) -> None:
    spent = 0.0
    for last, complete in order:
        spent += alpha_of(spent, last, complete)
        assert 0 < spent <= ALPHA + 1e-12
