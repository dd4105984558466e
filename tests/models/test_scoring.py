"""Metrics and loss mean over the labels that count."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.scoring import (
    CHANNELS,
    ScoredMean,
    ScoredMetric,
    add_f_score,
    pack_weights,
    row_weights,
    wrap_metrics,
)
from tests._core import BINARY, COLOUR, FINDINGS

HIDDEN = np.array([1, 1, 0, 0], np.float32)
SHOWN = np.array([0, 0, 1, 0], np.float32)
SAMPLE = np.array([1, 3, 5, 7], np.float32)
TRUE = np.array([0, 1, 2, 0], np.int32)
SCORES = np.eye(3, dtype=np.float32)[[0, 2, 2, 1]]  # right, wrong, right, wrong


def wrap_one(metrics, channel: str, spec, binary: bool) -> list[ScoredMetric]:
    wrapped, channels = wrap_metrics({channel: metrics}, spec, binary)
    assert channels == ((channel,) if wrapped else ())
    return wrapped


def value(metric: ScoredMetric, *updates: tuple) -> float:
    for update in updates:
        y, p, packed = map(ops.convert_to_tensor, update)
        metric.update_state(y, p, sample_weight=packed)
    return ops.convert_to_numpy(metric.result()).item()


@pytest.mark.parametrize(
    "channel, expected", [("hidden", 0.5), ("hidden_weighted", 1 / 4), ("shown", 1.0)]
)
def test_a_channel_is_what_a_metric_sees(channel: str, expected: float) -> None:
    [metric] = wrap_one(["accuracy"], channel, COLOUR, False)
    known, hidden, sample = (ops.convert_to_tensor(v) for v in (HIDDEN + SHOWN, HIDDEN, SAMPLE))
    packed = pack_weights((channel,), known, hidden, sample)
    assert value(metric, (TRUE, SCORES, packed)) == pytest.approx(expected)
    assert metric.name == ("shown_accuracy" if channel == "shown" else "accuracy")


def test_the_channels_in_use_are_packed_in_their_order() -> None:
    known, hidden, sample = (ops.convert_to_tensor(v) for v in (HIDDEN + SHOWN, HIDDEN, SAMPLE))
    packed = pack_weights(CHANNELS, known, hidden, sample)
    expected = [HIDDEN, HIDDEN * SAMPLE, SHOWN]
    np.testing.assert_array_equal(ops.convert_to_numpy(packed), expected)
    alone = pack_weights(("shown",), known, hidden, sample)
    np.testing.assert_array_equal(ops.convert_to_numpy(alone), SHOWN)
    packed = pack_weights(("hidden_weighted", "shown"), known, hidden, None)
    np.testing.assert_array_equal(ops.convert_to_numpy(packed), [HIDDEN, SHOWN])
    metrics, channels = wrap_metrics({"shown": "acc", "hidden": ["acc", "mse"]}, COLOUR, False)
    assert channels == ("hidden", "shown")
    assert [(m.name, m.position) for m in metrics] == [("acc", 0), ("mse", 0), ("shown_acc", 1)]
    metrics, channels = wrap_metrics({"shown": "acc"}, COLOUR, False)
    assert [m.position for m in metrics] == [None]


def test_weighted_metrics_of_one_name_are_told_apart() -> None:
    given = {"hidden": ["acc"], "hidden_weighted": ["acc", "mse"], "shown": ["acc"]}
    names = [m.name for m in wrap_metrics(given, COLOUR, False)[0]]
    assert names == ["acc", "weighted_acc", "mse", "shown_acc"]


def test_a_metric_of_no_shown_label_is_nan_and_resets() -> None:
    [metric] = wrap_one(["accuracy"], "shown", COLOUR, False)
    nothing = np.zeros(4, np.float32)
    assert np.isnan(value(metric))
    assert np.isnan(value(metric, (TRUE, SCORES, nothing)))
    assert value(metric, (TRUE, SCORES, HIDDEN)) == 0.5
    metric.reset_state()
    assert np.isnan(value(metric))


def test_batches_weigh_by_their_labels() -> None:
    [metric] = wrap_one(["accuracy"], "hidden", COLOUR, False)
    first = np.array([1, 0, 0, 0], np.float32)  # one right
    second = np.array([0, 1, 1, 1], np.float32)  # two wrong, one right
    found = value(metric, (TRUE, SCORES, first), (TRUE, SCORES, second))
    assert found == pytest.approx(2 / 4)


def test_multi_labels_count_one_by_one_or_in_columns() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 2, (60, 3)).astype(np.float32)
    scores = rng.random((60, 3)).astype(np.float32)
    mask = (rng.random((60, 3)) < 0.5).astype(np.float32)
    area = keras.metrics.AUC(multi_label=True, num_labels=3, num_thresholds=2000)
    flat, columns = wrap_one(["accuracy", area], "hidden", FINDINGS, False)
    right = ((scores > 0.5) == true)[mask == 1].mean()
    assert value(flat, (true, scores, mask)) == pytest.approx(right)
    areas = []
    for j in range(3):
        t, s = true[mask[:, j] == 1, j], scores[mask[:, j] == 1, j]
        areas.append((s[t == 1][:, None] > s[t == 0][None]).mean())
    assert value(columns, (true, scores, mask)) == pytest.approx(np.mean(areas), abs=5e-3)


@pytest.mark.parametrize("name", ["accuracy", "acc", "Accuracy"])
def test_accuracy_means_what_the_label_needs(name: str) -> None:
    def kind(spec, binary: bool) -> type:
        [metric] = wrap_one(name, "hidden", spec, binary)
        assert metric.name == name
        return type(metric.metric)

    assert kind(FINDINGS, False) is keras.metrics.BinaryAccuracy
    assert kind(BINARY, True) is keras.metrics.BinaryAccuracy
    assert kind(BINARY, False) is kind(COLOUR, False) is not keras.metrics.BinaryAccuracy


def test_accuracy_takes_ids_and_rows() -> None:
    [metric] = wrap_one("accuracy", "hidden", COLOUR, False)
    ones = np.ones(4, np.float32)
    assert value(metric, (TRUE, SCORES, ones)) == 0.5
    soft = 0.4 + 0.2 * np.eye(3)[TRUE]
    assert value(metric, (soft, SCORES, ones)) == 0.5


def my_error(y_true, y_pred):
    return ops.ones_like(y_pred[:, 0]) * 7


def test_metrics_may_be_names_functions_objects_and_nested() -> None:
    top2 = keras.metrics.SparseTopKCategoricalAccuracy(2, name="top2")
    given = {"colour": ["accuracy", my_error, None], "more": top2}
    names = [m.name for m in wrap_one(given, "hidden", COLOUR, False)]
    assert names == ["accuracy", "my_error", "top2"]
    assert wrap_one(None, "hidden", COLOUR, False) == []
    mse = wrap_one(["mse", my_error], "hidden", COLOUR, False)
    assert [m.name for m in mse] == ["mse", "my_error"]
    assert value(mse[1], (TRUE, SCORES, np.ones(4, np.float32))) == 7


def test_the_mean_loss_weighs_batches_by_scored_labels() -> None:
    mean = ScoredMean()
    for loss, labels in ((1.0, 3.0), (5.0, 1.0)):
        mean.weight = labels
        mean.update_state(loss, sample_weight=32)
    assert ops.convert_to_numpy(mean.result()).item() == pytest.approx((3 * 1 + 1 * 5) / 4)
    mean.weight = None
    mean.reset_state()
    mean.update_state(1.0, sample_weight=1)
    mean.update_state(4.0, sample_weight=2)
    assert ops.convert_to_numpy(mean.result()).item() == pytest.approx(3.0)


@pytest.mark.parametrize("average", [None, "micro", "macro", "weighted"])
def test_an_f_score_weighs_each_label(average: str | None) -> None:
    rng = np.random.default_rng(1)
    true = rng.integers(0, 2, (50, 3)).astype(np.float32)
    scores, weight = rng.random((2, 50, 3)).astype(np.float32)
    metric = keras.metrics.FBetaScore(average, beta=2.0, threshold=0.4)
    for part in (slice(20), slice(20, 50)):
        add_f_score(metric, *(ops.convert_to_tensor(v[part]) for v in (true, scores, weight)))
    found = scores > 0.4
    axis = None if average == "micro" else 0
    hit, extra, missed = (
        (np.asarray(v) * weight).sum(axis)
        for v in (found * true, found * (1 - true), ~found * true)
    )
    expected = 5 * hit / (5 * hit + 4 * missed + extra)
    if average == "macro":
        expected = expected.mean()
    if average == "weighted":
        share = (true * weight).sum(0)
        expected = (expected * share / share.sum()).sum()
    np.testing.assert_allclose(ops.convert_to_numpy(metric.result()), expected, rtol=1e-4)


def test_a_row_counts_where_all_its_labels_do() -> None:
    weight = ops.convert_to_tensor(np.array([[1, 3], [1, 0], [0, 0]], np.float32))
    np.testing.assert_array_equal(ops.convert_to_numpy(row_weights(weight)), [2, 0, 0])


def test_a_function_gives_a_value_for_each_label() -> None:
    [metric] = wrap_one(lambda y, p: ops.abs(y - p) * ops.array([1.0, 5, 1]), "hidden", FINDINGS, 0)
    true, mask = np.zeros((2, 3), np.float32), np.array([[1, 1, 0], [0, 0, 1]], np.float32)
    scores = np.array([[1, 1, 9], [9, 9, 2]], np.float32)
    assert value(metric, (true, scores, mask)) == pytest.approx((1 + 5 + 2) / 3)
    [metric] = wrap_one(lambda y, p: ops.mean(ops.abs(y - p), -1), "hidden", FINDINGS, False)
    with pytest.raises(ValueError, match=r"shape \(2,\); expected a value for each label"):
        value(metric, (true, scores, mask))


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("binary_accuracy", 2 / 3),
        (keras.metrics.Recall(), 0.5),
        (keras.metrics.MeanSquaredError(), (0.81 + 0.01 + 0.01 + 0.16) / 4),
    ],
    ids=["accuracy", "recall", "squared error"],
)
def test_soft_targets_count_where_a_metric_is_defined_on_them(metric, expected: float) -> None:
    spec = LabelSpec.multi(2)
    wrapped, _ = wrap_metrics({"hidden": [metric]}, spec, False)
    true = np.array([[1, 1], [0, 0.6]], np.float32)
    p = np.array([[0.1, 0.9], [0.1, 0.2]], np.float32)
    assert value(wrapped[0], (true, p, np.ones((2, 2), np.float32))) == pytest.approx(expected)
