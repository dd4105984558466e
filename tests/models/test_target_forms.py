"""Single labels as ids or rows, whatever the loss or metric takes."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.models.target_forms import IDS, ROWS, in_form, target_form
from labelfeed.visibility.policies import Hidden
from tests._core import COLOUR, fed, randomised, rows

FORMS = [
    ("sparse_categorical_crossentropy", IDS),
    ("categorical_crossentropy", ROWS),
    ("kl_divergence", ROWS),
    (keras.losses.SparseCategoricalCrossentropy(), IDS),
    (keras.losses.MeanSquaredError(), ROWS),
    (keras.losses.mean_squared_error, ROWS),
    (keras.metrics.SparseTopKCategoricalAccuracy(2), IDS),
    (keras.metrics.AUC(), ROWS),
    (keras.metrics.MeanIoU(2), None),
    (lambda y, p: y - p, None),
]


@pytest.mark.parametrize("given, form", FORMS, ids=[str(i) for i in range(len(FORMS))])
def test_target_form(given: object, form: str | None) -> None:
    found = keras.losses.get(given) if isinstance(given, str) else given
    assert target_form(found) == form


def test_in_form() -> None:
    scores = ops.ones((2, 3))
    ids, one = ops.convert_to_tensor([2, 0]), ops.ones((2, 1))
    hot = ops.convert_to_numpy(in_form(ids, scores, ROWS, "m"))
    np.testing.assert_array_equal(hot, [[0, 0, 1], [1, 0, 0]])
    assert in_form(ids, scores, IDS, "m") is ids
    assert in_form(ids, one, ROWS, "m") is ids
    assert in_form(scores, scores, ROWS, "m") is scores
    with pytest.raises(ValueError, match=r"'sparse_x' takes class ids .*'x', or give ids"):
        in_form(scores, scores, IDS, "sparse_x")


METRICS = ("categorical_accuracy", "categorical_crossentropy", "kl_divergence", "mse")


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "mse"])
def test_ids_and_rows_are_the_same_for_keras_losses(loss: str) -> None:
    x, y = rows(COLOUR, unknown=0)
    hot = np.eye(3, dtype=np.float32)[y]
    model = randomised(fed(COLOUR, Hidden(), loss=loss, metrics=list(METRICS)))
    by_ids, by_rows = (model.evaluate(x, t, verbose=0, return_dict=True) for t in (y, hot))
    plain = keras.Sequential([keras.layers.Identity()])
    plain.compile(loss=loss, metrics=list(METRICS))
    scores = model.predict(x, verbose=0)
    wanted = plain.evaluate(scores, hot, verbose=0, return_dict=True)
    for found in (by_ids, by_rows):
        assert found == pytest.approx(wanted, rel=1e-4)


def test_soft_rows_with_a_sparse_loss_are_told() -> None:
    x, y = rows(COLOUR, unknown=0)
    soft = np.full((20, 3), 1 / 3, np.float32)
    with pytest.raises(ValueError, match=r"takes class ids \(n,\).*'categorical_crossentropy'"):
        fed(COLOUR).fit(x, soft, verbose=0)
    model = fed(COLOUR, loss="categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
    with pytest.raises(ValueError, match="'sparse_categorical_accuracy' takes class ids"):
        model.fit(x, soft, verbose=0)
    model.fit(x, y, verbose=0)
