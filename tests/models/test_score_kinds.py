"""Twin of labelfeed/models/score_kinds.py: every Keras loss and metric over multi labels.

Fully hidden labels score as plain Keras does; partly hidden ones as plain Keras (or NumPy) on
what NumPy picks: the scored labels, the scored part of each column, or the rows scored whole.
"""

from __future__ import annotations

import inspect
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.models import score_kinds
from labelfeed.models.score_kinds import (
    COLUMN,
    CUSTOM,
    ELEMENT,
    F_SCORE,
    ONE_COLUMN,
    ROW,
    kind_of_loss,
    kind_of_metric,
)
from labelfeed.models.scored_loss import ScoredLoss
from labelfeed.models.scoring import wrap_metrics
from tests._core import FINDINGS

RNG = np.random.default_rng(5)
TRUE = RNG.integers(0, 2, (40, 3)).astype(np.float32)
SCORES = np.clip(RNG.random((40, 3)), 0.02, 0.98).astype(np.float32)
MASK = (RNG.random((40, 3)) < 0.7).astype(np.float32)
ALL = np.ones_like(MASK)

SIGNS = 2 * TRUE - 1
BCE = -(TRUE * np.log(SCORES) + (1 - TRUE) * np.log(1 - SCORES))
RIGHT = np.where(TRUE == 1, SCORES, 1 - SCORES)
GAP = np.abs(TRUE - SCORES)
VALUES = {  # of each label, in NumPy
    "BinaryCrossentropy": BCE,
    "BinaryFocalCrossentropy": (1 - RIGHT) ** 2 * BCE,
    "Hinge": np.maximum(1 - SIGNS * SCORES, 0),
    "Huber": GAP**2 / 2,
    "LogCosh": np.log(np.cosh(SCORES - TRUE)),
    "MeanAbsoluteError": GAP,
    "MeanAbsolutePercentageError": 100 * GAP / np.maximum(TRUE, 1e-7),
    "MeanSquaredError": GAP**2,
    "MeanSquaredLogarithmicError": (np.log1p(TRUE) - np.log1p(SCORES)) ** 2,
    "Poisson": SCORES - TRUE * np.log(SCORES + 1e-7),
    "SquaredHinge": np.maximum(1 - SIGNS * SCORES, 0) ** 2,
}

ARGUMENTS: dict[str, dict[str, Any]] = {
    "IoU": {"num_classes": 2, "target_class_ids": [0]},
    "MeanIoU": {"num_classes": 2},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 1]},
    "OneHotMeanIoU": {"num_classes": 3},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "TopKCategoricalAccuracy": {"k": 2},
}


def classes(module: Any, base: type) -> dict[str, type]:
    found = inspect.getmembers(module, lambda v: inspect.isclass(v) and issubclass(v, base))
    general = {"Loss", "Metric", "MeanMetricWrapper"}
    return {name: cls for name, cls in found if cls.__name__ == name and name not in general}


LOSSES = classes(keras.losses, keras.losses.Loss)
METRICS = classes(keras.metrics, keras.metrics.Metric)
MADE = {name: (lambda n=name: METRICS[n](**ARGUMENTS.get(n, {}))) for name in METRICS} | {
    "AUC of columns": lambda: keras.metrics.AUC(multi_label=True, num_labels=3),
    "F1 with a threshold": lambda: keras.metrics.F1Score("macro", threshold=0.5),
    "F1 of columns": lambda: keras.metrics.F1Score(threshold=0.5),
    "Precision of one": lambda: keras.metrics.Precision(class_id=1),
    "Recall of one": lambda: keras.metrics.Recall(class_id=2),
    "Precision of the best": lambda: keras.metrics.Precision(top_k=1),
    "two thresholds": lambda: keras.metrics.Recall(thresholds=[0.3, 0.7]),
}


def test_the_tables_name_every_loss_and_metric_of_keras() -> None:
    assert set(score_kinds._LOSSES) >= set(LOSSES)
    assert set(score_kinds._METRICS) >= set(METRICS)


def loss_of(loss: Any, mask: np.ndarray) -> float:
    y, p, weight = (ops.convert_to_tensor(v) for v in (TRUE, SCORES, mask))
    return float(ScoredLoss(loss, FINDINGS)(y, p, (weight, ops.sum(weight))))


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_loss_is_that_of_keras_and_of_numpy_or_refused(name: str) -> None:
    loss = LOSSES[name]()
    if name not in VALUES:
        with pytest.raises(ValueError, match=r"does not fit multi labels: .* Use 'binary_cross"):
            ScoredLoss(loss, FINDINGS)
        return
    plain = float(loss(ops.convert_to_tensor(TRUE), ops.convert_to_tensor(SCORES)))
    np.testing.assert_allclose(loss_of(loss, ALL), plain, rtol=1e-4)
    np.testing.assert_allclose(plain, VALUES[name].mean(), rtol=1e-4)
    partly = VALUES[name][MASK == 1].mean()
    np.testing.assert_allclose(loss_of(LOSSES[name](), MASK), partly, rtol=1e-4)
    summed = loss_of(LOSSES[name](reduction="sum"), MASK)
    np.testing.assert_allclose(summed, VALUES[name][MASK == 1].sum(), rtol=1e-4)


@pytest.mark.parametrize("name", ["mse", "binary_crossentropy", "log_cosh", "poisson", "huber"])
def test_a_loss_by_its_function(name: str) -> None:
    function = keras.losses.get(name)
    assert kind_of_loss(function) == ELEMENT
    cls = {"mse": "MeanSquaredError", "log_cosh": "LogCosh"}.get(name)
    values = VALUES[cls or "".join(part.capitalize() for part in name.split("_"))]
    np.testing.assert_allclose(loss_of(name, MASK), values[MASK == 1].mean(), rtol=1e-4)


@pytest.mark.parametrize("name", ["kld", "cosine_similarity", "categorical_crossentropy", "dice"])
def test_a_function_of_rows_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match="does not fit multi labels"):
        kind_of_loss(keras.losses.get(name))


def fed(metric: Any, *updates: tuple) -> Any:
    for update in updates:
        metric.update_state(*update)
    return ops.convert_to_numpy(metric.result())


def scored(make: Any, mask: np.ndarray) -> Any:
    [metric], _ = wrap_metrics({"hidden": [make()]}, FINDINGS, False)
    parts = (slice(15), slice(15, 40))
    y, p, w = (ops.convert_to_tensor(v) for v in (TRUE, SCORES, mask))
    return fed(metric, *((y[part], p[part], w[part]) for part in parts))


def by_column(make: Any) -> Any:
    """The metric of columns from what it says of each column's scored labels alone."""
    columns = []
    for j in range(3):
        m = MASK[:, j] == 1
        t, s = TRUE[m, j], SCORES[m, j]
        if isinstance(make(), keras.metrics.AUC):
            columns.append(fed(keras.metrics.AUC(), (t, s)))
        elif isinstance(make(), keras.metrics.R2Score):
            columns.append(1 - ((t - s) ** 2).sum() / ((t - t.mean()) ** 2).sum())
        else:
            hit = ((s > 0.5) * t).sum()
            columns.append(2 * hit / (t.sum() + (s > 0.5).sum()))
    one = np.ndim(fed(make(), (TRUE, SCORES))) == 0
    return np.mean(columns) if one else np.array(columns)


@pytest.mark.parametrize("name", MADE)
def test_a_metric_is_that_of_keras_or_refused(name: str) -> None:
    make = MADE[name]
    try:
        kind = kind_of_metric(make())
    except ValueError as error:
        assert "does not fit multi labels" in str(error)
        assert name in {"Mean", "Sum"} or name.startswith("Sparse")
        return
    plain = fed(make(), (TRUE, SCORES))
    np.testing.assert_allclose(scored(make, ALL), plain, rtol=1e-3, atol=1e-5)
    if kind == ELEMENT:
        expected = fed(make(), (TRUE[MASK == 1][:, None], SCORES[MASK == 1][:, None]))
    elif kind == ROW:
        whole = MASK.all(axis=1)
        assert 5 < whole.sum() < 35
        expected = fed(make(), (TRUE[whole], SCORES[whole]))
    elif kind == ONE_COLUMN:
        m = MASK[:, make().class_id] == 1
        expected = fed(make(), (TRUE[m], SCORES[m]))
    else:
        assert kind in {COLUMN, F_SCORE}
        expected = by_column(make)
    np.testing.assert_allclose(scored(make, MASK), expected, rtol=1e-3, atol=1e-5)
    if name in VALUES and kind == ELEMENT:
        np.testing.assert_allclose(expected, VALUES[name][MASK == 1].mean(), rtol=1e-3)


def test_what_is_the_users_gets_columns() -> None:
    class Own(keras.metrics.Metric):
        pass

    class Fine(keras.metrics.AUC):
        pass

    assert kind_of_metric(Own()) == COLUMN
    assert kind_of_metric(Fine()) == ELEMENT
    assert kind_of_metric(lambda y, p: p) == CUSTOM
    assert kind_of_metric(keras.metrics.MeanMetricWrapper(lambda y, p: p)) == CUSTOM
    assert kind_of_metric(keras.losses.cosine_similarity) == ROW
    assert kind_of_metric(keras.metrics.MeanMetricWrapper(keras.losses.huber)) == ELEMENT
    assert kind_of_loss(lambda y, p: p) == CUSTOM
