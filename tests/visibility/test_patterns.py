"""Visibility after a pattern."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.models.label_fed import LabelFedModel
from labelfeed.visibility.patterns import LikeData
from labelfeed.visibility.policies import Masked
from tests._core import FINDINGS, network, rows

RATES = np.array([[0.1, 0.9], [0.5, 0.5], [0.0, 1.0]])


def truth(n: int = 6000) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 2, (n, 3)).astype(np.int32)


def share_known(y: np.ndarray, known: np.ndarray) -> np.ndarray:
    return np.array([[known[y[:, j] == s, j].mean() for s in (0, 1)] for j in range(3)])


def test_draw_and_sample_follow_the_rates() -> None:
    y, policy = truth(), LikeData(RATES)
    drawn = policy.draw(ops.convert_to_tensor(y), keras.random.SeedGenerator(1))
    for known in (ops.convert_to_numpy(drawn), policy.sample(y, seed=1) >= 0):
        assert np.abs(share_known(y, known) - RATES).max() < 4.5 * (0.25 / 2900) ** 0.5
    sampled = policy.sample(y, seed=1)
    assert (sampled[sampled >= 0] == y[sampled >= 0]).all()
    assert np.array_equal(sampled, policy.sample(y, seed=1))


def test_one_rate_a_label_does_for_both_values() -> None:
    assert LikeData([0.2, 0.7]).rates == [[0.2, 0.2], [0.7, 0.7]]


def test_the_pattern_of_data_is_found_again() -> None:
    y, policy = truth(), LikeData(RATES)
    labels = policy.sample(y, seed=0)
    by_value = np.array(LikeData.from_labels(labels, y).rates)
    assert np.abs(by_value - RATES).max() < 0.05
    by_label = np.array(LikeData.from_labels(labels).rates)
    assert np.abs(by_label - RATES.mean(axis=1, keepdims=True)).max() < 0.05


def test_a_model_trains_saves_and_loads_with_it(tmp_path: object) -> None:
    model = LabelFedModel(network(FINDINGS), FINDINGS, LikeData(RATES, seed=1))
    model.compile("sgd", "binary_crossentropy")
    x, y = rows(FINDINGS)
    assert np.isfinite(model.fit(x, y, verbose=0).history["loss"]).all()
    model.save(f"{tmp_path}/model.keras")
    again = keras.models.load_model(f"{tmp_path}/model.keras")
    assert again.visibility == LikeData(RATES, seed=1) != Masked(0.5)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(num_labels, 2\)"):
        LikeData(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"probabilities in \[0, 1\]"):
        LikeData([0.5, 1.5])
    with pytest.raises(ValueError, match=r"rates for 2 yes/no labels"):
        LikeData([0.5, 0.5]).sample(truth(4))
    with pytest.raises(ValueError, match="one shape"):
        LikeData.from_labels(truth(4), truth(5))
