"""Labels that go together, for the tests of what counts them."""

from __future__ import annotations

import numpy as np


def labels(n: int = 60, unknown: float = 0.2, seed: int = 0) -> np.ndarray:
    """Return labels of which the first two agree nine times out of ten."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, (n, 4)).astype(np.int32)
    y[:, 1] = np.where(rng.random(n) < 0.9, y[:, 0], 1 - y[:, 0])
    y[rng.random(y.shape) < unknown] = -1
    return y
