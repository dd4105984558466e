"""Centre and scale of features, frozen."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.layers.frozen_scaling import FrozenScaling


def test_far_from_zero_the_digits_stay() -> None:
    layer = FrozenScaling(dtype="mixed_float16")
    x = np.array([[100000.25, 3.0], [100000.5, -3.0]], np.float32)
    layer.assign([100000.0, 1.0], [0.25, 2.0])
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(x)), [[1, 1], [2, -2]])
    assert not layer.trainable_variables


@pytest.mark.parametrize("scale", [[1.0], [1.0, 0.0]])
def test_scales_that_do_not_fit_are_refused(scale: list[float]) -> None:
    with pytest.raises(ValueError, match="no scale being 0"):
        FrozenScaling().assign([0.0, 0.0], scale)
