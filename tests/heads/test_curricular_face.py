"""Additive angular margin with a curriculum."""

from __future__ import annotations

import numpy as np

from labelfeed.heads.curricular_face import CurricularFace
from tests.heads import _parity as parity
from tests.heads import _reference as reference
from tests.heads._gradients import rows_of


def test_matches_the_reference() -> None:
    x, y = parity.batch()
    head = CurricularFace(parity.CLASSES)
    centres = parity.spread_out(head, x, y)
    head.hardness.assign(0.4)
    mean = reference.cosines(x.astype(np.float64), centres)[np.arange(len(y)), y].mean()
    loss = reference.curricular(0.5, 64.0, 0.01 * mean + 0.99 * 0.4)
    parity.assert_matches_reference(head, loss)


def test_the_curriculum_follows_the_true_cosine_in_training_only() -> None:
    x, y = parity.batch()
    head = CurricularFace(parity.CLASSES, momentum=0.5)
    centres = parity.spread_out(head, x, y)
    mean = reference.cosines(x.astype(np.float64), centres)[np.arange(len(y)), y].mean()
    rows_of(head, x, y, training=False)
    assert float(head.hardness.value) == 0.0
    rows_of(head, x, y, training=True)
    np.testing.assert_allclose(float(head.hardness.value), 0.5 * mean, rtol=1e-5)
    rows_of(head, x, np.full_like(y, -1), training=True)
    np.testing.assert_allclose(float(head.hardness.value), 0.5 * mean, rtol=1e-5)
