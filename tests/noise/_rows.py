"""Rows whose true classes are known, and labels with planted errors."""

from __future__ import annotations

import numpy as np


def planted(n: int = 400, classes: int = 3, rate: float = 0.2, seed: int = 0) -> tuple:
    """Return features, true classes, and given ones: `rate` of them are the next class."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, classes, n)
    x = 3.0 * np.eye(classes)[true] + rng.normal(size=(n, classes)) * 0.6
    given = np.where(rng.random(n) < rate, (true + 1) % classes, true)
    return x.astype(np.float32), true, given


def noisy_probabilities(matrix: np.ndarray, n: int = 6000, seed: int = 0) -> tuple:
    """Return true classes, given ones drawn by a matrix, and `P(given | x)`."""
    rng = np.random.default_rng(seed)
    classes = len(matrix)
    true = rng.integers(0, classes, n)
    q = np.full((n, classes), 0.01)
    q[np.arange(n), true] += 1 - q.sum(axis=1)
    given = (rng.random((n, 1)) > np.cumsum(matrix[true], axis=1)).sum(axis=1)
    return true, given, q @ matrix
