from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.layers import LabelSwitch


def test_rows_with_any_known_label_take_the_conditioned_path():
    ones, zeros = np.ones((4, 2), np.float32), np.zeros((4, 2), np.float32)
    single, multi = np.array([-1, 2, -1, 0]), np.array([[-1, -1], [-1, -1], [-1, 0], [1, 1]])
    out = ops.convert_to_numpy(LabelSwitch()([ones, zeros, single, multi]))
    assert out.tolist() == [[0, 0], [1, 1], [1, 1], [1, 1]]
    images = LabelSwitch()([np.ones((4, 3, 3, 1)), np.zeros((4, 3, 3, 1)), single])
    assert ops.convert_to_numpy(images)[:, 0, 0, 0].tolist() == [0, 1, 0, 1]


def test_the_other_path_gets_no_gradient():
    """A NaN of the path that is not taken does not reach the output."""
    out = LabelSwitch()([np.full((1, 1), np.nan, np.float32), np.ones((1, 1), np.float32),
                         np.array([-1])])  # fmt: skip
    assert ops.convert_to_numpy(out).tolist() == [[1.0]]


def test_what_does_not_fit():
    with pytest.raises(ValueError, match=r"reads \[conditioned, plain, label"):
        LabelSwitch()([np.ones((1, 2)), np.ones((1, 3)), np.array([0])])
    with pytest.raises(ValueError, match=r"reads \[conditioned, plain, label"):
        LabelSwitch()([np.ones((1, 2)), np.ones((1, 2))])
