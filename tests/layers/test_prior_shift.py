from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.prior_shift import PriorShift

MIXED = LabelSpec.columns(["rash", LabelSpec.single(["s", "m", "l"], name="size"), "fever"])


def said(layer: PriorShift, p: np.ndarray) -> np.ndarray:
    """Return the shifted probabilities, wherever the backend keeps them."""
    return keras.ops.convert_to_numpy(layer(p))


def test_probabilities_are_those_of_the_shifted_logits():
    rng = np.random.default_rng(0)
    logits, shift = rng.normal(size=(20, 5)), np.array([3.0, -80.0, 1.0, 2.0, -4.0])

    def probabilities(z):
        p = 1 / (1 + np.exp(-z))
        own = np.exp(z[:, 1:4])
        p[:, 1:4] = own / own.sum(axis=1, keepdims=True)
        return p

    layer = PriorShift(MIXED)
    given = probabilities(logits)
    np.testing.assert_allclose(said(layer, given), given, atol=1e-6)
    layer.assign(shift)
    np.testing.assert_allclose(said(layer, given), probabilities(logits + shift), atol=1e-6)
    assert not layer.trainable_weights


def test_one_column_is_that_of_the_second_class():
    layer = PriorShift(LabelSpec.single(2))
    layer.assign([0.5, -1.0])
    p = np.array([[0.0], [0.3], [1.0]])
    both = said(layer, np.hstack([1 - p, p]))
    np.testing.assert_allclose(said(layer, p), both[:, 1:], atol=1e-6)
    np.testing.assert_allclose(both[[0, 2]], [[1, 0], [0, 1]], atol=1e-6)


@pytest.mark.parametrize("shift", [[0.0], [0.0, np.inf]])
def test_what_is_no_shift_is_refused(shift):
    with pytest.raises(ValueError, match="finite shift of shape"):
        PriorShift(LabelSpec.single(2)).assign(shift)
