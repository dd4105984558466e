"""Twin of labelfeed/layers/modulation.py; its layers are checked in their own twins."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.film import FiLM
from labelfeed.layers.modulation import spread


def test_spread_multiplies_with_every_position() -> None:
    vector = ops.convert_to_tensor(np.arange(6.0).reshape(2, 3))
    assert tuple(spread(vector, ops.ones((2, 4, 5, 3))).shape) == (2, 1, 1, 3)
    assert tuple(spread(vector, ops.ones((2, 3))).shape) == (2, 3)


def test_a_class_that_training_never_met_has_no_effect() -> None:
    layer = FiLM(LabelSpec.single(4))
    x = np.ones((2, 3), "float32")
    layer([x, np.array([0, 1])])
    np.testing.assert_array_equal(ops.convert_to_numpy(layer([x, np.array([3, 3])])), x)


def test_rates_out_of_range_are_refused() -> None:
    for name in ("label_dropout", "label_corruption"):
        with pytest.raises(ValueError, match=rf"{name} must be in \[0, 1\)"):
            FiLM(LabelSpec.single(3), **{name: 1.0})
