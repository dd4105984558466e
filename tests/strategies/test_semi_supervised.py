"""The strategy `semi-supervised` for one network."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.random_view import RandomView
from labelfeed.options import SemiSupervisedOptions
from labelfeed.strategies import semi_supervised
from labelfeed.strategies.choose import build_model
from labelfeed.visibility.policies import Hidden

SPEC = LabelSpec.single(3, name="kind")


def test_pictures_have_a_weak_view_outside_of_the_network():
    pictures = Dataset("arrays", np.zeros((4, 8, 8, 1)), np.zeros(4, int), SPEC, np.arange(4), "r")
    model = build_model((8, 8, 1), pictures, SemiSupervisedOptions(width=4, augment="flip"))
    assert model.visibility == Hidden() and model.weak.flip and model.strong.flip
    assert not any(isinstance(one, RandomView) for one in model.network.layers[-1].layers)
    assert semi_supervised(SPEC, (5,), width=4).weak is None
    with pytest.raises(ValueError, match="augment must be one of"):
        semi_supervised(SPEC, (8, 8, 1), augment="strong")
