"""Neighbours as a network: what the fitted plain model says, of rows of the context and others."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.estimators.neighbours import NeighbourMember
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled_members import member_logits

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 3)).astype(np.float32)
CLASSES = np.eye(3, dtype=int)[RNG.integers(0, 3, 50)]


@pytest.mark.parametrize("spec", [LabelSpec.single(3), LabelSpec.multi(3)], ids=["single", "multi"])
def test_the_network_says_what_the_plain_model_says(spec: LabelSpec) -> None:
    y = CLASSES.copy()
    y[:4] = -1
    member = NeighbourMember(np.arange(50) // 2, steps=4, k=9)
    found = member.cross_fit(X, y, spec, np.arange(50) // 2 % 2)
    rows = keras.Input((3,))
    network = keras.Model(rows, member_logits(found, rows, spec))
    asked = np.concatenate([X[:20], RNG.normal(size=(12, 3)).astype(np.float32)])
    wanted = found.final.logits(asked)  # type: ignore[union-attr]
    np.testing.assert_allclose(network.predict(asked, verbose=0), wanted, rtol=1e-3, atol=1e-3)
