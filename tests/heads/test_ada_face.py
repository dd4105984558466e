"""A margin that follows the norm against its running statistics."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.heads.ada_face import AdaFace
from tests.heads import _parity as parity
from tests.heads import _reference as reference
from tests.heads._gradients import rows_of


def expected(head: AdaFace, x: np.ndarray) -> tuple[reference.Loss, float, float]:
    """Return the reference with this batch's statistics, which carry no gradient."""
    norms = np.clip(np.linalg.norm(x.astype(np.float64), axis=1), 1e-3, 100)
    a = head.momentum
    mean = a * norms.mean() + (1 - a) * 20.0
    std = a * norms.std(ddof=1) + (1 - a) * 100.0
    z = np.clip(head.concentration * (norms - mean) / (std + 1e-3), -1, 1)

    def margin(angle: np.ndarray, y: np.ndarray, norm: np.ndarray) -> np.ndarray:
        moved = np.clip(angle - 0.4 * z, 1e-3, np.pi - 1e-3)
        return np.cos(moved) - 0.4 * (1 + z)

    return reference.softmax_loss(margin, 64.0), mean, std


@pytest.mark.parametrize("momentum", [0.01, 1.0])
def test_matches_the_reference(momentum: float) -> None:
    head = AdaFace(parity.CLASSES, momentum=momentum)
    loss, mean, std = expected(head, parity.batch()[0])
    parity.assert_matches_reference(head, loss)
    np.testing.assert_allclose(float(head.norm_mean.value), mean, rtol=1e-5)
    np.testing.assert_allclose(float(head.norm_std.value), std, rtol=1e-5)


def test_rows_of_unknown_label_do_not_move_the_statistics() -> None:
    head = AdaFace(3, momentum=1.0)
    x = np.array([[1.0, 0], [0, 3], [500, 0]], np.float32)
    rows_of(head, x, [0, 1, -1], training=True)
    assert float(head.norm_mean.value) == pytest.approx(2.0)
    rows_of(head, x, [0, 1, -1], training=False)
    rows_of(head, x, [-1, -1, -1], training=True)
    assert float(head.norm_mean.value) == pytest.approx(2.0)
