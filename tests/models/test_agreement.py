"""The adaptive threshold: which answers count, and what they cost."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.models.agreement import Agreement


def test_a_class_that_is_said_rarely_needs_less():
    weak = np.array([[0.8, 0.2], [0.8, 0.2], [0.8, 0.2], [0.3, 0.7]], np.float32)
    strong = np.full((4, 2), 0.5, np.float32)
    layer = Agreement(momentum=0.0)
    loss = float(layer(weak, strong))
    # sure .775, shares .675 and .325: class 0 needs .775, class 1 needs .373.
    np.testing.assert_allclose(loss, np.log(2), rtol=1e-5)
    weak = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.9, 0.1]], np.float32)
    unsure = Agreement(momentum=0.0)(weak, strong)
    np.testing.assert_allclose(float(unsure), 0.75 * np.log(2), rtol=1e-5)


def test_running_means_start_at_knowing_nothing():
    layer = Agreement(momentum=0.5)
    weak = np.array([[0.9, 0.05, 0.05]], np.float32)
    layer(weak, weak)
    np.testing.assert_allclose(np.asarray(layer.get_weights()[0]), [(1 / 3 + 0.9) / 2], rtol=1e-5)


def test_each_of_several_labels_has_its_own():
    layer = Agreement(exclusive=False, momentum=0.0)
    weak = np.array([[0.875, 0.55], [0.125, 0.9]], np.float32)
    loss = float(layer(weak, np.full((2, 2), 0.5, np.float32)))
    # Label 2: sure .725, and .55 is not; label 1: both .875.
    np.testing.assert_allclose(loss, 0.75 * np.log(2), rtol=1e-5)


def test_momentum():
    with pytest.raises(ValueError, match="momentum"):
        Agreement(momentum=1.0)
