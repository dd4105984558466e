"""The table of situations: how a row gets into it, and what many rows check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from labelfeed.labels.spec import LabelSpec
from tests._core import WIDTH, rows, weights_of

Situation = Callable[[Path], None]
BACKEND = keras.backend.backend()


class Table(dict[str, Situation]):
    """Situations by name."""

    def row(self, function: Situation) -> Situation:
        """Put a situation into the table under its name."""
        assert function.__name__ not in self
        self[function.__name__] = function
        return function


def trains(model: Any, *args: Any, **kwargs: Any) -> dict[str, list[float]]:
    """Fit; check that the loss is finite and that weights moved; return the history."""
    before = weights_of(model)
    history = model.fit(*args, **({"verbose": 0} | kwargs)).history
    assert np.isfinite(history["loss"]).all()
    moved = [bool((a != b).any()) for a, b in zip(before, weights_of(model), strict=True)]
    assert any(moved)
    return history


def works(model: Any, n: int = 7) -> np.ndarray:
    """Check predict against a direct call, on features alone; return the prediction."""
    x, _ = rows(model.label, n, seed=9)
    p = model.predict(x, verbose=0, batch_size=3)
    assert p.shape == (n, model.network.output.shape[1])
    direct = keras.ops.convert_to_numpy(model(x))
    np.testing.assert_allclose(p, direct, rtol=2e-3, atol=2e-3)
    assert np.isfinite(p).all()
    return p


def same(a: Any, b: Any, **kwargs: Any) -> None:
    """Check that two models predict the same."""
    x, _ = rows(a.label, 6, seed=9)
    np.testing.assert_allclose(
        a.predict(x, verbose=0), b.predict(x, verbose=0), **({"rtol": 1e-6, "atol": 1e-6} | kwargs)
    )


class Batches(keras.utils.PyDataset):
    """Rows of arrays, `size` at a time, the last batch partial."""

    def __init__(self, parts: tuple, size: int = 8, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts, self.size = parts, size

    def __len__(self) -> int:
        return -(-len(self.parts[1]) // self.size)

    def __getitem__(self, index: int) -> tuple:
        cut = slice(index * self.size, (index + 1) * self.size)
        return tuple(keras.tree.map_structure(lambda v: v[cut], part) for part in self.parts)


def tf_data(*parts: Any, size: int = 8) -> Any:
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices(parts).batch(size)


def loader(*parts: Any, size: int = 8) -> Any:
    import torch

    class Rows(torch.utils.data.Dataset):
        def __len__(self) -> int:
            return len(parts[1])

        def __getitem__(self, index: int) -> tuple:
            return tuple(keras.tree.map_structure(lambda v: v[index], part) for part in parts)

    return torch.utils.data.DataLoader(Rows(), batch_size=size)


def forever(*parts: Any, size: int = 8) -> Any:
    data = Batches(parts, size)
    while True:
        yield from (data[i] for i in range(len(data)))


def named(spec: LabelSpec, y: np.ndarray) -> list[str]:
    """Return the names of single ids, an empty string where unknown."""
    return ["" if v < 0 else spec.name_of(int(v)) for v in y]


__all__ = [
    "BACKEND",
    "WIDTH",
    "Batches",
    "Situation",
    "Table",
    "forever",
    "loader",
    "named",
    "same",
    "tf_data",
    "trains",
    "works",
]
