"""Does a probability equal the mean over the answers to a question? By how much not; and mended."""

from __future__ import annotations

import numpy as np

__all__ = ["coherence_gap", "projected"]

_STEPS = 100


def coherence_gap(now: np.ndarray, chance: np.ndarray, then: np.ndarray) -> np.ndarray:
    """Return `|P(a | K) - sum_s P(b = s | K) P(a | K, b = s)|`: 0 for a model that is coherent.

    Args:
        now: `(n, t)`: probabilities of t targets with K known.
        chance: `(n, answers)`: of each answer to a question b, with K known; they sum to 1.
        then: `(answers, n, t)`: of the targets once the answer is known too.

    Returns:
        `(n, t)`, in [0, 1].

    References:
        Dawid 1982, The well-calibrated Bayesian (a coherent forecaster expects no change).

    Example:
        >>> now, chance = np.array([[0.997]]), np.array([[0.4, 0.6]])
        >>> float(coherence_gap(now, chance, np.array([[[0.984]], [[0.993]]]))[0, 0].round(4))
        0.0076
    """
    mean = np.einsum("ns,snt->nt", np.asarray(chance), np.asarray(then))
    out: np.ndarray = np.abs(np.asarray(now) - mean)
    return out


def projected(now: np.ndarray, chance: np.ndarray, then: np.ndarray) -> np.ndarray:
    """Return the distributions after each answer, moved so that their mean is the one before.

    The joint distribution of answer and target nearest to the given one, in relative entropy, that
    has both marginals (iterative proportional fitting). What is coherent stays.

    Args:
        now: `(t,)`: distribution of the target.
        chance: `(answers,)`, which sum to 1.
        then: `(answers, t)`: distribution of the target once the answer is known.

    References:
        Deming and Stephan 1940, On a least squares adjustment of a sampled frequency table when the
        expected marginal totals are known.

    Example:
        >>> then = projected(np.array([0.1, 0.9]), np.array([0.5, 0.5]), np.array([[0.1, 0.9],
        ...                                                                       [0.3, 0.7]]))
        >>> (np.array([0.5, 0.5]) @ then).round(3).tolist(), then.round(2).tolist()
        ([0.1, 0.9], [[0.05, 0.95], [0.15, 0.85]])
    """
    now, chance = (np.maximum(np.asarray(p, np.float64), 1e-12) for p in (now, chance))
    joint = chance[:, None] * np.maximum(np.asarray(then, np.float64), 1e-12)
    for _ in range(_STEPS):
        joint *= now / joint.sum(axis=0)
        total = joint.sum(axis=1)
        joint *= (chance / total)[:, None]
        if np.abs(total - chance).max() < 1e-9:
            break
    out: np.ndarray = joint / joint.sum(axis=1, keepdims=True)
    return out
