from __future__ import annotations

import keras
import numpy as np
from keras import ops

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import LabelNoise

SPEC = LabelSpec.single(4)


def test_outside_of_training_nothing_changes():
    layer = LabelNoise(SPEC, label_dropout=0.5, label_corruption=0.5)
    given = np.array([0, 3, -1], np.int32)
    assert ops.convert_to_numpy(layer(given)).tolist() == given.tolist()


def test_in_training_labels_are_hidden_and_corrupted_at_their_rates():
    layer = LabelNoise(SPEC, label_dropout=0.25, label_corruption=0.4)
    out = ops.convert_to_numpy(layer(np.full(4000, 2, np.int32), training=True))
    assert abs((out == -1).mean() - 0.25) < 0.03
    assert abs((out[out >= 0] != 2).mean() - 0.4) < 0.04
    assert set(out.tolist()) == {-1, 0, 1, 2, 3}
    hidden = layer(np.full(100, -1, np.int32), training=True)
    assert (ops.convert_to_numpy(hidden) == -1).all()


def test_all_readers_see_one_draw():
    """Two readers of one noised label agree in every row; two noises would not."""
    label = LabelInput(SPEC)
    noised = LabelNoise(SPEC, label_dropout=0.5)(label)
    assert keras.backend.standardize_dtype(noised.dtype) == "int32"
    pair = keras.Model(label, [noised + 0, noised + 1])
    one, two = pair(np.zeros(64, np.int32), training=True)
    one, two = ops.convert_to_numpy(one), ops.convert_to_numpy(two)
    assert (one + 1 == two).all()
    assert {-1, 0} == set(one.tolist())
