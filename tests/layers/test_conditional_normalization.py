"""Twin of labelfeed/layers/conditional_normalization.py; its layers have twins of their own."""

from __future__ import annotations

import numpy as np
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import ConditionalBatchNormalization


def test_shared_and_label_parts_add_up_and_the_statistics_move() -> None:
    layer = ConditionalBatchNormalization(LabelSpec.single(2), momentum=0.0)
    x = np.random.default_rng(0).normal(3, 2, (500, 4)).astype("float32")
    label = np.zeros(500, "int32")
    layer([x, label], training=True)
    layer.scale.assign(np.full(4, 2.0))
    layer.tables[0].embeddings.assign(np.array([[1.0] * 4 + [5.0] * 4] + [[0.0] * 8] * 2))
    out = ops.convert_to_numpy(layer([x, label]))
    np.testing.assert_allclose(out.mean(0), 5, atol=1e-2)
    np.testing.assert_allclose(out.std(0), 3, rtol=1e-2)
