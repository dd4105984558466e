"""Rows hidden as a whole, and in part."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.visibility.masked_rows import MaskedRows


def test_draw_and_sample_hide_whole_rows_and_parts_of_others() -> None:
    label, policy = np.ones((6000, 4), np.int32), MaskedRows(0.2, partly=0.5)
    drawn = policy.draw(ops.convert_to_tensor(label), keras.random.SeedGenerator(1))
    for shown in (ops.convert_to_numpy(drawn), policy.sample(label, seed=1) >= 0):
        counts = np.bincount(shown.sum(axis=1), minlength=5) / len(label)
        # All hidden by the row or by its part (1 / 5 of those), and likewise all shown.
        wanted = [0.2 + 0.08, 0.08, 0.08, 0.08, 0.4 + 0.08]
        np.testing.assert_allclose(counts, wanted, atol=0.03)


def test_ends_and_equality() -> None:
    label = np.array([[0, 1], [1, 0]])
    assert (MaskedRows(1.0).sample(label) == -1).all()
    assert np.array_equal(MaskedRows(0.0, partly=0.0).sample(label), label)
    assert MaskedRows.from_config(MaskedRows(0.3, 0.1, 5).get_config()) == MaskedRows(0.3, 0.1, 5)


@pytest.mark.parametrize("wrong", [{"rate": 1.5}, {"partly": -0.1}])
def test_a_rate_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="probability"):
        MaskedRows(**wrong)
