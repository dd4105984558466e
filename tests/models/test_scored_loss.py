"""Twin of labelfeed/models/scored_loss.py: the mean over what counts, whatever the loss."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.models.scored_loss import ScoredLoss, scored_losses
from tests._core import BINARY, COLOUR, FINDINGS, fed, rows

MASK = np.array([1, 0, 1, 1], np.float32)
WEIGHT = MASK * np.array([2, 9, 1, 3], np.float32)
IDS = np.array([0, 1, 2, 2], np.int32)
P = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.3, 0.4], [0.2, 0.5, 0.3]], np.float32)
CE = -np.log(P[np.arange(4), IDS])


def value(loss: Any, spec: Any, y: Any, p: Any, weight: Any, count: float) -> Any:
    parts = (ops.convert_to_tensor(v) for v in (y, p, weight))
    y, p, weight = parts
    loss = loss if isinstance(loss, ScoredLoss) else ScoredLoss(loss, spec)
    return ops.convert_to_numpy(loss(y, p, (weight, ops.convert_to_tensor(np.float32(count)))))


@pytest.mark.parametrize(
    "reduction, expected",
    [
        ("sum_over_batch_size", (CE * WEIGHT).sum() / 3),
        ("mean", (CE * WEIGHT).sum() / 3),
        ("sum", (CE * WEIGHT).sum()),
        ("mean_with_sample_weight", (CE * WEIGHT).sum() / WEIGHT.sum()),
        ("none", CE * WEIGHT),
        (None, CE * WEIGHT),
    ],
)
def test_every_reduction_of_keras(reduction: str | None, expected: Any) -> None:
    loss = keras.losses.SparseCategoricalCrossentropy(reduction=reduction)
    np.testing.assert_allclose(value(loss, COLOUR, IDS, P, WEIGHT, 3), expected, rtol=1e-4)


def test_nothing_scored_is_no_loss() -> None:
    assert value("sparse_categorical_crossentropy", COLOUR, IDS, P, 0 * MASK, 0) == 0


@pytest.mark.parametrize("name", ["crossentropy", "ce"])
def test_crossentropy_is_the_one_that_fits(name: str) -> None:
    expected = (CE * MASK).sum() / 3
    np.testing.assert_allclose(value(name, COLOUR, IDS, P, MASK, 3), expected, rtol=1e-4)
    rows_ = np.eye(3, dtype=np.float32)[IDS]
    np.testing.assert_allclose(value(name, COLOUR, rows_, P, MASK, 3), expected, rtol=1e-4)
    y, p = np.array([0, 1, 1, 0], np.int32), P[:, :1]
    binary = -(np.where(y == 1, np.log(p[:, 0]), np.log(1 - p[:, 0])) * MASK).sum() / 3
    np.testing.assert_allclose(value(name, BINARY, y, p, MASK, 3), binary, rtol=1e-4)
    y, mask = (P > 0.25).astype(np.float32), np.stack([MASK] * 3, axis=1)
    multi = -(np.where(y == 1, np.log(P), np.log(1 - P)) * mask).sum() / 9
    np.testing.assert_allclose(value(name, FINDINGS, y, P, mask, 9), multi, rtol=1e-4)


@pytest.mark.parametrize("from_logits, smoothing", [(False, 0.0), (True, 0.0), (False, 0.2)])
def test_binary_crossentropy_without_a_mean_is_that_of_keras(
    from_logits: bool, smoothing: float
) -> None:
    loss = keras.losses.BinaryCrossentropy(from_logits, label_smoothing=smoothing)
    y, mask = (P > 0.25).astype(np.float32), np.stack([MASK] * 3, axis=1)
    plain = loss(ops.convert_to_tensor(y[MASK == 1]), ops.convert_to_tensor(P[MASK == 1]))
    np.testing.assert_allclose(value(loss, FINDINGS, y, P, mask, 9), float(plain), rtol=1e-5)


def per_label(y_true: Any, y_pred: Any) -> Any:
    return ops.square(y_true - y_pred) * ops.array([1.0, 5.0, 1.0])


def per_row(y_true: Any, y_pred: Any) -> Any:
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


class Own(keras.losses.Loss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return per_label(y_true, y_pred)


class Calls(Own):
    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return ops.mean(per_label(y_true, y_pred) * sample_weight)


@pytest.mark.parametrize("loss", [per_label, Own(), Calls()], ids=["function", "loss", "calls"])
def test_a_loss_of_the_users_weighs_each_label(loss: Any) -> None:
    y, mask = (P > 0.25).astype(np.float32), np.array([[1, 1, 0]] * 2 + [[0, 0, 1]] * 2, np.float32)
    expected = ((y - P) ** 2 * [1, 5, 1] * mask).sum() / 6
    np.testing.assert_allclose(value(loss, FINDINGS, y, P, mask, 6), expected, rtol=1e-4)


def test_a_mean_over_labels_or_rows_is_refused() -> None:
    y, mask = (P > 0.25).astype(np.float32), np.stack([MASK] * 3, axis=1)
    with pytest.raises(ValueError, match=r"'per_row' returned the shape \(4,\).*\(n, num_labels\)"):
        value(per_row, FINDINGS, y, P, mask, 9)
    with pytest.raises(ValueError, match=r"returned the shape \(\); expected a value for each row"):
        value(lambda y, p: ops.mean(p), COLOUR, IDS, P, MASK, 3)
    with pytest.raises(ValueError, match="expected a value for each row"):
        value(keras.losses.Dice(), COLOUR, np.eye(3)[IDS], P, MASK, 3)


def test_a_single_label_may_keep_classes_as_keras_does() -> None:
    found = value(lambda y, p: ops.square(p), COLOUR, IDS, P, MASK, 3)
    np.testing.assert_allclose(found, (P**2).mean(1)[MASK == 1].mean(), rtol=1e-4)


def test_the_computing_type_is_that_of_the_loss() -> None:
    loss = keras.losses.MeanSquaredError(dtype="float16")
    assert ScoredLoss(loss, FINDINGS).dtype == "float16"
    y, mask = (P > 0.25).astype(np.float32), np.stack([MASK] * 3, axis=1)
    found = value(loss, FINDINGS, y, P, mask, 9)
    np.testing.assert_allclose(found, ((y - P) ** 2)[MASK == 1].mean(), rtol=1e-2)


def test_losses_come_as_keras_allows() -> None:
    assert scored_losses(None, COLOUR) is None
    [one] = scored_losses(["mse"], COLOUR)
    assert isinstance(one, ScoredLoss) and one.name == "mse"
    with pytest.raises(ValueError, match="nonsense"):
        scored_losses("nonsense", COLOUR)


def test_a_model_keeps_the_loss_it_was_given() -> None:
    model, (x, y) = fed(FINDINGS, loss=per_label), rows(FINDINGS)
    assert model.loss is per_label
    p = model.predict(x, verbose=0)
    expected = ((y - p) ** 2 * [1, 5, 1])[y >= 0].mean()
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0)[0], expected, rtol=1e-4)
    with pytest.raises(ValueError, match="'categorical_crossentropy' does not fit multi labels"):
        fed(FINDINGS, loss="categorical_crossentropy")


def test_columns_rows_and_single_labels_in_one_model() -> None:
    metrics = [
        keras.metrics.F1Score("macro", threshold=0.5, name="f1"),
        keras.metrics.Precision(class_id=1, name="precision"),
        "categorical_accuracy",
        per_label,
        "binary_accuracy",
    ]
    model, (x, y) = fed(FINDINGS, metrics=metrics), rows(FINDINGS, 32)
    model.fit(x, y, batch_size=20, verbose=0)
    p = model.predict(x, verbose=0)
    logs = model.evaluate(x, y, batch_size=16, verbose=0, return_dict=True)
    known, guess, whole = y >= 0, p > 0.5, (y >= 0).all(1)
    hit = ((y == 1) & guess).sum(0)
    f1 = 2 * hit / np.maximum((y == 1).sum(0) + (guess & known).sum(0), 1)
    np.testing.assert_allclose(logs["f1"], f1.mean(), rtol=1e-4)
    named = guess[:, 1] & known[:, 1]
    np.testing.assert_allclose(logs["precision"], hit[1] / max(named.sum(), 1), rtol=1e-4)
    right = y[whole].argmax(1) == p[whole].argmax(1)
    np.testing.assert_allclose(logs["categorical_accuracy"], right.mean(), rtol=1e-4)
    expected = ((y - p) ** 2 * [1, 5, 1])[known].mean()
    np.testing.assert_allclose(logs["per_label"], expected, rtol=1e-4)
    np.testing.assert_allclose(logs["binary_accuracy"], (guess == y)[known].mean(), rtol=1e-4)
