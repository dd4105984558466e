"""Moving averages of weights."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from labelfeed.generate.averages import move_averages


def test_each_average_moves_towards_its_weight() -> None:
    pairs = [
        (keras.Variable(np.zeros((2, 1))), keras.Variable(np.ones((2, 1)))),
        (keras.Variable([4.0]), keras.Variable([0.0])),
    ]
    move_averages(pairs, ops.convert_to_tensor(0.75))
    move_averages(pairs, 0.5)
    assert ops.convert_to_numpy(pairs[0][0]).tolist() == [[0.625], [0.625]]
    assert ops.convert_to_numpy(pairs[1][0]).tolist() == [1.5]
    assert ops.convert_to_numpy(pairs[0][1]).tolist() == [[1], [1]]
