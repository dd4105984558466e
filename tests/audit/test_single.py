"""Probes of a single label, on functions whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.audit.single import log_odds, log_probabilities, probe_single, read_probe
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import as_predictor

N, C = 300, 4
SPEC = LabelSpec.single(C)
RNG = np.random.default_rng(0)
Y = RNG.integers(0, C, N)
X = np.eye(C)[Y] * 6.0 + RNG.normal(size=(N, C))


def probe(model, **kwargs):
    predictor = as_predictor(
        model, SPEC, reads_label=True, label_format="ids", unknown_id=kwargs.get("unknown_id")
    )
    return probe_single(predictor, X, Y, SPEC, seed=0)


def test_a_mere_copy_is_followed_always() -> None:
    accuracy, read, follow, permutation = probe(lambda x, y: np.eye(C)[y])
    assert (accuracy.true, accuracy.wrong) == (1.0, 0.0)
    assert read.read
    assert (follow.follow_rate, follow.control_rate, follow.excess) == (1.0, 0.0, 1.0)
    assert follow.p_follow < 1e-50
    assert permutation.agreement == 1.0
    assert permutation.p_value == 0.001


def test_a_model_of_the_features_alone_does_not_move() -> None:
    accuracy, read, follow, permutation = probe(lambda x, y: x)
    assert accuracy.true == accuracy.wrong == accuracy.permuted == accuracy.unknown > 0.99
    assert accuracy.drop == 0.0
    assert not read.read
    assert (follow.excess, follow.pull, follow.p_follow, follow.p_pull) == (0.0, 0.0, 1.0, 1.0)
    assert permutation.p_value > 0.01


def test_on_easy_data_only_the_scores_give_the_leak_away() -> None:
    accuracy, _, follow, permutation = probe(lambda x, y: x + 0.8 * np.eye(C)[y])
    assert accuracy.wrong > 0.97  # neither the accuracies
    assert permutation.p_value > 0.01  # nor agreement with permuted labels tell
    assert follow.pull == pytest.approx(0.8, abs=0.2)
    assert follow.p_pull < 1e-50
    assert follow.strength > 0.4


def test_a_margin_that_stays_on_pushes_away() -> None:
    _, _, follow, _ = probe(lambda x, y: x - 8.0 * np.eye(C)[y])
    assert follow.pull < -5
    assert follow.p_push < 1e-50
    assert follow.p_avoid < 0.01


def test_without_an_unknown_label_the_mean_over_labels_stands_in() -> None:
    accuracy, *_ = probe(lambda x, y: x + 20.0 * np.eye(C)[y])
    assert accuracy.unknown_how == "not available: mean over all labels"
    assert accuracy.unknown > 0.9
    hidden, *_ = probe(lambda x, y: np.where(y[:, None] == 9, x, 0.0), unknown_id=9)
    assert hidden.unknown_how == "unknown"
    assert hidden.unknown > 0.99


def test_scores_may_be_probabilities_logits_or_one_sigmoid_unit() -> None:
    logits = RNG.normal(size=(5, 3))
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    np.testing.assert_allclose(log_probabilities(logits, 3), np.log(p))
    np.testing.assert_allclose(log_probabilities(p, 3), np.log(p))
    unit = np.array([[0.2], [0.9]])
    np.testing.assert_allclose(np.exp(log_probabilities(unit, 2)), [[0.8, 0.2], [0.1, 0.9]])
    z = np.array([[-3.0], [2.0]])
    np.testing.assert_allclose(np.exp(log_probabilities(z, 2))[:, 1], 1 / (1 + np.exp(-z[:, 0])))
    assert np.isfinite(log_probabilities(np.array([[1.0, 0.0]]), 2)).all()
    with pytest.raises(ValueError, match="target="):
        log_probabilities(logits, 4)


def test_log_odds_are_finite_at_both_ends() -> None:
    odds = log_odds(np.array([0.0, 0.5, 1.0]))
    assert np.isfinite(odds).all()
    assert odds[1] == 0.0
    np.testing.assert_array_equal(log_odds(np.array([-2.0, 3.0])), [-2.0, 3.0])


def test_read_probe_allows_for_noise_between_calls() -> None:
    noise = 0.1 * RNG.normal(size=(3, 50, 4))
    assert not read_probe([noise[0], noise[1]], noise[2]).read
    assert read_probe([noise[0], noise[1] + 2.0], noise[2]).read
    assert not read_probe([noise[0], noise[0]], noise[0]).read
