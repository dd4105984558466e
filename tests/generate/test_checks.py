"""Arguments of a diffusion."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.generate.checks import (
    check_denoiser,
    column_groups,
    dropout_policy,
    levels_of,
    number_scale,
)
from labelfeed.generate.networks import table_network
from labelfeed.labels.spec import LabelSpec
from labelfeed.visibility.masked_rows import MaskedRows
from labelfeed.visibility.policies import Masked
from tests.generate._models import KIND, SIGNS, VIEW


def test_a_network_must_take_what_it_is_given() -> None:
    network = table_network(3, KIND, width=8, depth=1)
    check_denoiser(network, [KIND])
    with pytest.raises(ValueError, match=r"missing: \['view'\]"):
        check_denoiser(network, [KIND, VIEW])
    with pytest.raises(ValueError, match="different names"):
        check_denoiser(network, [KIND, KIND])
    with pytest.raises(ValueError, match="different names"):
        check_denoiser(network, [LabelSpec.single(2, name="given")])
    wide = keras.Model(network.inputs, keras.layers.Dense(4)(network.output))
    with pytest.raises(ValueError, match="one output"):
        check_denoiser(wide, [KIND])


def test_one_label_is_masked_and_several_together() -> None:
    assert dropout_policy(0.2, [KIND], 0) == Masked(0.2)
    for labels, numbers in (([SIGNS], 0), ([KIND, VIEW], 0), ([KIND], 1)):
        assert dropout_policy(0.2, labels, numbers) == MaskedRows(0.2)
    own = Masked("uniform")
    assert dropout_policy(own, [KIND], 0) is own
    for wrong in (True, -0.1, "much"):
        with pytest.raises(ValueError, match="label_dropout"):
            dropout_policy(wrong, [KIND], 0)  # type: ignore[arg-type]


def test_groups_are_counted_from_nought() -> None:
    assert column_groups(None, 2).tolist() == [0, 1]
    assert column_groups([5, 5, 2], 3).tolist() == [1, 1, 0]
    with pytest.raises(ValueError, match="groups must be 3 numbers"):
        column_groups([0, 1], 3)


def test_levels_reach_beyond_the_direction_that_varies_most() -> None:
    rng = np.random.default_rng(0)
    alone = rng.standard_normal((4000, 16))
    together = np.repeat(alone[:, :1], 16, axis=1)
    assert levels_of(alone).data == pytest.approx(1, abs=0.02)
    assert 10 <= levels_of(alone).high < 13
    assert levels_of(together).high == pytest.approx(40, rel=0.05)
    few = np.repeat(rng.standard_normal((8, 1)), 64, axis=1).reshape(8, 8, 8, 1)
    assert levels_of(few).high > 50
    assert levels_of(np.ones((5, 2))).data == 1  # constant columns


def test_numbers_are_scaled_by_what_is_known() -> None:
    assert number_scale(np.array([[1.0, 5.0], [3.0, 5.0], [np.nan, 5.0]])) == [[2, 5], [1, 1]]
