"""Numbers as shares of bins."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.layers.piecewise_linear_encoding import PiecewiseLinearEncoding, bin_edges


def test_a_threshold_at_an_edge_and_the_number_itself_are_linear_in_the_bins() -> None:
    x = np.random.default_rng(0).random((400, 1)).astype("float32") ** 1.5
    layer = PiecewiseLinearEncoding.of(x, bins=4)
    assert layer is not None
    edges = np.array(layer.edges[0])
    shares = ops.convert_to_numpy(layer(x)) / 2 + 1 - (np.arange(4) + 0.5) / 4
    np.testing.assert_allclose(shares @ np.diff(edges) + edges[0], x[:, 0], atol=1e-4)
    np.testing.assert_array_equal(shares[:, 1] >= 1 - 1e-6, x[:, 0] >= edges[2] - 1e-6)
    np.testing.assert_allclose(shares.mean(axis=0), 1 - (np.arange(4) + 0.5) / 4, atol=0.06)


def test_edges_of_few_values_ties_and_flags() -> None:
    rng = np.random.default_rng(0)
    x = np.column_stack(
        [rng.integers(0, 3, 90), rng.integers(0, 2, 90), np.zeros(90), rng.random(90)]
    )
    x[:60, 3] = 0  # most quantiles agree
    few, flag, constant, tied = bin_edges(x, 8)
    assert (few, flag, constant) == ([0, 1, 2], [], [])
    assert 3 <= len(tied) < 9 and tied == sorted(set(tied))


def test_nothing_to_encode() -> None:
    assert PiecewiseLinearEncoding.of(np.zeros((5, 2))) is None
    with pytest.raises(ValueError, match="nothing to encode"):
        PiecewiseLinearEncoding([[0.0, 1.0]])
    with pytest.raises(ValueError, match="column 1 must increase"):
        PiecewiseLinearEncoding([[0, 1, 2], [0, 2, 2]])
