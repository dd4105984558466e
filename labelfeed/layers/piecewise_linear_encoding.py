"""Numbers as how far they have come through each of a few bins of their column."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.types import Shape, Shapes, Tensor

__all__ = ["PiecewiseLinearEncoding", "bin_edges"]


@keras.saving.register_keras_serializable(package="labelfeed")
class PiecewiseLinearEncoding(keras.layers.Layer):
    """Write each number as the share of each bin of its column that lies below it.

    Bin `t` of column `j`, from `e_t` to `e_(t+1)`, gives `2 (clip((x_j - e_t) / (e_(t+1) - e_t), 0,
    1) - c_t)`, in float32 at any policy, with `c_t` the mean where all bins hold as many rows. A
    dense layer behind it is a piecewise linear function of each column, so that thresholds, which
    a network learns slowly from a single number, cost one weight. `PiecewiseLinearEncoding.of`
    finds the edges; they stand in the config and are not trained.

    Args:
        edges: For each column its edges, increasing; fewer than three leave the column out.
        **kwargs: `name`, `dtype`.

    Input shape:
        `(batch, d)`.

    Output shape:
        `(batch, bins)`: the bins of all columns, those of the first column first.

    Raises:
        ValueError: The edges of a column do not increase, or no column has a bin.

    References:
        Gorishniy, Rubachev and Babenko 2022, On embeddings for numerical features in tabular deep
        learning.

    Example:
        >>> layer = PiecewiseLinearEncoding([[0.0, 1.0, 3.0]])
        >>> [[float(v) for v in row] for row in layer(np.array([[-5.0], [1.0], [2.0]]))]
        [[-1.5, -0.5], [0.5, -0.5], [0.5, 0.5]]
    """

    def __init__(self, edges: Sequence[Sequence[float]], **kwargs: Any) -> None:
        """Check and store the edges, and lay out the bins one after the other."""
        super().__init__(**{"autocast": False, **kwargs})  # half precision would round x
        self.edges = [[float(v) for v in column] for column in edges]
        columns, low, width, mean = [], [], [], []
        for place, column in enumerate(self.edges):
            if not all(a < b for a, b in itertools.pairwise(column)):
                raise ValueError(f"The edges of column {place} must increase, got {column}.")
            bins = len(column) - 1
            if bins < 2:
                continue
            columns += [place] * bins
            low += column[:-1]
            width += [b - a for a, b in itertools.pairwise(column)]
            mean += [1 - (t + 0.5) / bins for t in range(bins)]
        if not columns:
            raise ValueError("No column has three edges: there is nothing to encode.")
        self._columns = np.asarray(columns, np.int32)
        self._low, self._width = np.asarray(low, np.float32), np.asarray(width, np.float32)
        self._mean = np.asarray(mean, np.float32)

    @classmethod
    def of(cls, x: np.ndarray, bins: int = 8, **kwargs: Any) -> PiecewiseLinearEncoding | None:
        """Return the layer with the edges of rows; `None` where no column has bins.

        Args:
            x: float array `(n, d)`, finite.
            bins: As of `bin_edges`.
            **kwargs: `name`, `dtype`.
        """
        edges = bin_edges(x, bins)
        return cls(edges, **kwargs) if any(len(column) > 2 for column in edges) else None

    def call(self, inputs: Tensor) -> Tensor:
        """Return the shares of the bins."""
        low, width, mean = map(ops.convert_to_tensor, (self._low, self._width, self._mean))
        x = ops.take(ops.cast(inputs, "float32"), ops.convert_to_tensor(self._columns), axis=1)
        shares = ops.clip((x - low) / width, 0.0, 1.0)
        return ops.cast(2 * (shares - mean), self.compute_dtype)

    def by_numpy(self, x: np.ndarray) -> np.ndarray:
        """Return what the layer gives for float32 `(n, d)`, without a backend."""
        shares = np.clip((x[:, self._columns] - self._low) / self._width, 0, 1)
        return 2 * (shares - self._mean)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return `(batch, bins)`."""
        return (input_shape[0], len(self._columns))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "edges": self.edges}


def bin_edges(x: np.ndarray, bins: int = 8) -> list[list[float]]:
    """Return edges of bins that hold as many rows each, for each column.

    A column of few values has an edge at each of them; one of two values, or of one, has none:
    a network reads it as it is.

    Args:
        x: float array `(n, d)`, finite.
        bins: Most bins of a column, >= 2.

    Example:
        >>> bin_edges(np.array([[0.0, 1], [1, 1], [2, 0], [9, 0]]), 2)
        [[0.0, 1.5, 9.0], []]
    """
    edges = []
    for column in np.asarray(x, np.float32).T:
        values = np.unique(column)
        if len(values) > bins + 1:
            values = np.unique(np.quantile(column, np.linspace(0, 1, bins + 1)).astype(np.float32))
        edges.append([float(v) for v in values] if len(values) > 2 else [])
    return edges
