"""The cosine softmax, and a head of one's own on top of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from keras import ops

from labelfeed.heads.cosine import CosineHead, radians
from tests.heads import _parity as parity
from tests.heads import _reference as reference
from tests.heads._gradients import feed, rows_of


class Halved(CosineHead):
    """A margin nobody needs: half of the cosine."""

    def with_margin(self, cosine: object, label: object, norm: object) -> object:
        return cosine * 0.5 - 0.5


def test_a_margin_of_ones_own() -> None:
    loss = reference.softmax_loss(lambda angle, y, norm: np.cos(angle) * 0.5 - 0.5, 10.0)
    parity.assert_matches_reference(Halved(parity.CLASSES, scale=10.0), loss)


def test_validation_loss_is_the_cross_entropy_of_the_scores() -> None:
    x, y = parity.batch()
    head = Halved(parity.CLASSES, scale=10.0)
    parity.spread_out(head, x, y)
    scores = feed(head, x)[0].astype(np.float64)
    rows = rows_of(head, x, y, training=False)
    expected = reference.cross_entropy(10 * scores, y)
    np.testing.assert_allclose(rows.losses, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(rows.correct, scores.argmax(axis=1) == y)
    given = ops.convert_to_numpy(head.probabilities(scores.astype(np.float32)))
    np.testing.assert_allclose(-np.log(given[np.arange(len(y)), y]), expected, rtol=1e-4, atol=1e-6)


def test_angles_are_radians() -> None:
    assert radians(0.5) == 0.5
    with pytest.raises(ValueError, match="in degrees"):
        radians(28.6)
    with pytest.raises(ValueError, match="in radians"):
        radians(-0.1)
    assert radians(math.pi / 2) == math.pi / 2


def test_embeddings_need_a_known_dimension() -> None:
    with pytest.raises(ValueError, match="known dimension"):
        Halved(3).build((None, None))
