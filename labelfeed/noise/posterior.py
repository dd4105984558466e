"""What the true class may be, given features and a label that may be wrong."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.encoding import UNKNOWN

__all__ = ["clean_posterior", "clean_probabilities", "fit_matrix"]

_TINY = 1e-12


def clean_posterior(probabilities: np.ndarray, given: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return `P(true class | x, given)`, proportional to `P(true | x) T[true, given]`, `(n, C)`.

    The given label is an input here; where it is unknown the probabilities stay as they are.

    Args:
        probabilities: `P(true class | x)`, `(n, C)`, from models that did not see the row.
        given: Class ids `(n,)`, -1 where unknown.
        matrix: Noise matrix `(C, C)`, rows true.

    Example:
        >>> p, noise = np.array([[0.5, 0.5], [0.02, 0.98]]), np.array([[0.9, 0.1], [0.1, 0.9]])
        >>> clean_posterior(p, np.array([0, 0]), noise).round(2).tolist()
        [[0.9, 0.1], [0.16, 0.84]]
    """
    likelihood = np.where((given == UNKNOWN)[:, None], 1.0, matrix.T[given])
    found = probabilities * likelihood
    total = found.sum(axis=1, keepdims=True)
    return np.where(total > _TINY, found / np.maximum(total, _TINY), probabilities)


def clean_probabilities(
    probabilities: np.ndarray, matrix: np.ndarray, steps: int = 50
) -> np.ndarray:
    """Return `P(true class | x)` of `P(given class | x)`: the `q` whose `q @ T` is nearest.

    Nearest by Kullback-Leibler divergence, by EM, which keeps probabilities where `p @ inv(T)`
    would leave them; it starts from `p` and ends after `steps`, so that a matrix that cannot be
    inverted does no harm.

    References:
        Richardson 1972; Lucy 1974.

    Example:
        >>> noise = np.array([[0.7, 0.3], [0.1, 0.9]])
        >>> clean_probabilities(np.array([[0.7, 0.3], [0.1, 0.9]]), noise).round(1).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    q = np.maximum(probabilities, _TINY)
    for _ in range(steps):
        q = q * ((probabilities / np.maximum(q @ matrix, _TINY)) @ matrix.T)
        q /= q.sum(axis=1, keepdims=True)
    return q


def fit_matrix(
    probabilities: np.ndarray,
    given: np.ndarray,
    start: np.ndarray,
    strength: float = 10.0,
    steps: int = 50,
) -> np.ndarray:
    """Return the noise matrix that makes the given labels most likely, by EM from `start`.

    E: `clean_posterior`. M: the expected counts, and `start` as some rows of each class.

    Args:
        probabilities: `P(true class | x)`, `(n, C)`, from models that saw the given label neither
            of the row nor, through repaired labels, by a detour.
        given: Class ids `(n,)`, -1 where unknown.
        start: `(C, C)`; a 0 in it stays 0.
        strength: Rows of each class that `start` counts as, > 0. Of many classes each has few rows,
            and the counts alone would fit what is by chance.
        steps: Most steps.

    References:
        Dawid and Skene 1979, whose prior of the classes is here one of each row.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> true = rng.integers(0, 2, 2000)
        >>> given = np.where(rng.random(2000) < 0.3, 1 - true, true)
        >>> fit_matrix(np.eye(2)[true], given, np.eye(2) * 0.8 + 0.1).round(1).tolist()
        [[0.7, 0.3], [0.3, 0.7]]
    """
    known = given != UNKNOWN
    p, ids = probabilities[known], given[known]
    classes = p.shape[1]
    of = np.eye(classes)[ids]
    matrix = start
    for _ in range(steps):
        found = clean_posterior(p, ids, matrix).T @ of + strength * start
        found /= found.sum(axis=1, keepdims=True)
        moved = float(np.abs(found - matrix).max())
        matrix = found
        if moved < 1e-4:
            break
    return matrix
