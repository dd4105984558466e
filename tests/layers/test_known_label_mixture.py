"""The layer is the mixture of `labelfeed.estimators`, in float32."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.estimators.label_mixture import LabelMixture
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.known_label_mixture import KnownLabelMixture

SPEC = LabelSpec.columns(["fever", LabelSpec.single(3, name="size"), "rash"])


def test_same_numbers_as_the_fitted_mixture() -> None:
    rng = np.random.default_rng(0)
    offsets, gate = 2.0 * rng.normal(size=(4, 5)), rng.normal(size=(6, 4))
    mixture = LabelMixture(offsets, gate, SPEC)
    layer = KnownLabelMixture(SPEC, 4, mixture.steps)
    layer.assign(offsets=offsets, gate=gate)
    z = 2.0 * rng.normal(size=(8, 5))
    y = SPEC.encode([[1, 2, -1], [-1, 0, 1], [0, -1, -1], [1, 1, 1]] * 2)
    y[1, 1:4] = [-1, 0, -1]  # a class that it is not
    found = ops.convert_to_numpy(layer([z, y]))
    np.testing.assert_allclose(found, z + mixture.delta(z, y), atol=1e-4)
    with pytest.raises(ValueError, match=r"offsets \(4, 5\).*got gate \(2, 2\)"):
        layer.assign(gate=np.zeros((2, 2)))
    with pytest.raises(ValueError, match="patterns must be a whole number"):
        KnownLabelMixture(SPEC, 0)
