"""Converted become probabilities, and logits that give them back."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.estimators.errors import EstimatorError
from labelfeed.models.converted_scores import Converted, class_logits, probabilities

Z = np.array([[0.0, 2.0, -3.0], [30.0, -30.0, 1.0]], np.float32)


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def test_each_kind_says_the_same_in_both_forms() -> None:
    odds = Converted("log-odds", ops.convert_to_tensor(Z))
    p = ops.convert_to_numpy(probabilities(odds))
    np.testing.assert_allclose(p[:, 1::2], 1 / (1 + np.exp(-Z)), rtol=1e-5)
    z = ops.convert_to_numpy(class_logits(odds)).reshape(2, 3, 2)
    np.testing.assert_allclose(softmax(z).reshape(2, 6), p, rtol=1e-5, atol=1e-12)
    classes = ops.convert_to_numpy(probabilities(Converted("logits", ops.convert_to_tensor(Z))))
    np.testing.assert_allclose(classes, softmax(Z), rtol=1e-5)
    again = class_logits(Converted("probabilities", ops.convert_to_tensor(classes)))
    np.testing.assert_allclose(softmax(ops.convert_to_numpy(again)), classes, atol=1e-6)


def test_numbers_stay_and_have_no_logits() -> None:
    numbers = Converted("numbers", ops.convert_to_tensor(Z))
    np.testing.assert_array_equal(ops.convert_to_numpy(probabilities(numbers)), Z)
    with pytest.raises(EstimatorError, match="no logits"):
        class_logits(numbers)
