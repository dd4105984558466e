"""Naive-Bayes evidence of the known labels, added to the logits of the others."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.labels.pairwise import pairwise_log_odds
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.naive_bayes_offset import NaiveBayesOffset
from tests.labels._related import labels
from tests.layers._reference import call

SPEC = LabelSpec.multi(4, name="findings")


def adapted(**kwargs: float) -> NaiveBayesOffset:
    layer = NaiveBayesOffset(SPEC, **kwargs)
    layer.adapt(labels())
    return layer


def sigmoid(v: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-v))


def test_follows_its_formula() -> None:
    layer = adapted(max_strength=2.0)
    rng = np.random.default_rng(1)
    strength, redundancy = rng.normal(size=(2, 4)).astype(np.float32)
    layer.strength.assign(strength)
    layer.redundancy.assign(redundancy)
    y, logits = labels(9, seed=2), rng.normal(size=(9, 4)).astype(np.float32)
    tables = pairwise_log_odds(labels())
    expected = logits.astype(np.float64)
    for row in range(9):
        for j in range(4):
            others = [i for i in range(4) if i != j and y[row, i] >= 0]
            evidence = sum(tables[y[row, i], i, j] for i in others)
            repeated = sigmoid(redundancy[j]) * max(len(others) - 1, 0)
            expected[row, j] += 2 * sigmoid(strength[j]) * evidence / (1 + repeated)
    assert np.abs(call(layer, [logits, y]) - expected).max() < 1e-5


def test_nothing_known_passes_the_logits_to_the_bit() -> None:
    logits = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    assert np.array_equal(call(adapted(), [logits, np.full((5, 4), -1)]), logits)


def test_no_label_speaks_about_itself() -> None:
    only = np.array([[1, -1, -1, -1], [0, -1, -1, -1]])
    out = call(adapted(), [np.zeros((2, 4), np.float32), only])
    assert (out[:, 0] == 0).all() and (out[:, 1] != 0).all()


def test_the_label_alone_gives_the_offset_alone() -> None:
    layer, y = adapted(), labels(5)
    alone = ops.convert_to_numpy(layer(ops.convert_to_tensor(y)))
    assert np.array_equal(alone, call(layer, [np.zeros((5, 4), np.float32), y]))


def test_strength_starts_where_asked_and_stays_bounded() -> None:
    layer = adapted(max_strength=1.0, initial_strength=0.25)
    start = layer.max_strength * sigmoid(ops.convert_to_numpy(layer.strength.value))
    assert start == pytest.approx(0.25, abs=1e-6)
    layer.strength.assign(np.full(4, 50.0))
    layer.redundancy.assign(np.full(4, -50.0))
    one = np.array([[1, -1, -1, -1]])
    largest = pairwise_log_odds(labels())[1, 0]
    assert np.allclose(call(layer, [np.zeros((1, 4), np.float32), one])[0], largest, atol=1e-5)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="is single"):
        NaiveBayesOffset(LabelSpec.single(3))
    with pytest.raises(ValueError, match="between 0 and max_strength"):
        NaiveBayesOffset(SPEC, max_strength=0.5, initial_strength=0.5)
    with pytest.raises(ValueError, match="smoothing must be > 0"):
        NaiveBayesOffset(SPEC, smoothing=0)


def test_columns_of_classes_are_naive_bayes_under_the_softmax() -> None:
    colour = LabelSpec.single(["red", "green", "blue"], name="colour")
    spec = LabelSpec.columns([colour, "fever", LabelSpec.single(["s", "m", "l"], name="size")])
    rng = np.random.default_rng(0)
    ids = rng.integers(0, [3, 2, 3], (600, 3))
    ids[:, 1] = np.where(rng.random(600) < 0.7, ids[:, 0] == 0, ids[:, 1])
    ids[:, 2] = np.where(rng.random(600) < 0.5, ids[:, 0], ids[:, 2])
    layer = NaiveBayesOffset(spec, smoothing=1e-6)
    layer.adapt(ids)
    layer.strength.assign(np.full(7, np.log(2.0)))  # sigmoid 2/3 of 1.5: strength 1
    layer.redundancy.assign(np.full(7, -50.0))
    known = spec.encode([{"fever": 1, "size": "l"}, {"colour": "red"}])
    out = ops.convert_to_numpy(layer(ops.convert_to_tensor(known))).astype(float)
    by_hand = []
    for c in range(3):
        rows = ids[ids[:, 0] == c]
        by_hand.append(np.log((rows[:, 1] == 1).mean()) + np.log((rows[:, 2] == 2).mean()))
    np.testing.assert_allclose(np.diff(out[0, :3]), np.diff(by_hand), atol=1e-3)
    np.testing.assert_allclose(out[1, :3], 0, atol=1e-6)  # nothing from its own column


def test_a_known_column_counts_once() -> None:
    colour = LabelSpec.single(["red", "green", "blue"], name="colour")
    spec = LabelSpec.columns([colour, "a", "b"])
    layer = NaiveBayesOffset(spec)
    layer.build()
    tables = np.zeros((2, 5, 5), np.float32)
    tables[1, 0, 4], tables[:, 1, 4], tables[1, 3, 4] = 1.0, 7.0, 2.0
    layer.tables.assign(tables)
    layer.strength.assign(np.full(5, np.log(2.0)))
    layer.redundancy.assign(np.zeros(5))  # one half
    known = spec.encode([{"colour": "red"}, {"colour": "red", "a": 1}])
    out = ops.convert_to_numpy(layer(ops.convert_to_tensor(known)))[:, 4]
    np.testing.assert_allclose(out, [1.0, 3.0 / 1.5], rtol=1e-5)
