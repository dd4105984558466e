"""Several annotators: the true classes, and the noise matrix of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.noise.errors import NoiseError
from labelfeed.noise.matrix import shrunk_matrix

__all__ = ["Consensus", "consensus", "majority", "usable"]

_TINY = 1e-12


@dataclasses.dataclass(frozen=True, eq=False)
class Consensus:
    """What annotators together say.

    Args:
        posterior: `P(true class | all of them, prior)`, `(n, C)`; the prior where nobody has
            labelled a row.
        matrices: Noise matrix of each annotator, `(R, C, C)`, rows true.
        steps: Steps of EM that were taken.
    """

    posterior: np.ndarray
    matrices: np.ndarray
    steps: int

    def error_rates(self, given: np.ndarray) -> np.ndarray:
        """Return the share of wrong labels that each annotator is expected to have given, `(R,)`.

        Args:
            given: As for `consensus`.
        """
        known = given != UNKNOWN
        own = np.take_along_axis(self.posterior, np.maximum(given, 0), axis=1)
        rates: np.ndarray = ((1 - own) * known).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return rates


def consensus(
    given: np.ndarray, classes: int, prior: np.ndarray | None = None, steps: int = 100
) -> Consensus:
    """Return the true classes and the noise matrices that make the annotators' labels most likely.

    EM. E: `P(true | all) ~ prior(true) prod_r T_r[true, given_r]` over those who have labelled the
    row. M: `T_r` of the expected counts, shrunk by `shrunk_matrix`; without a prior of each row
    also the frequency of the classes. It starts from the share of votes.

    Args:
        given: Class ids `(n, R)` of R annotators, -1 where one has not labelled a row.
        classes: Number of classes.
        prior: `P(true class | x)`, `(n, C)`, from models that did not see the row's labels; `None`:
            the frequency of the classes, the same for all rows.
        steps: Most steps.

    Raises:
        NoiseError: `given` has another shape, or nobody has labelled anything.

    References:
        Dawid and Skene 1979, Maximum likelihood estimation of observer error-rates using the EM
        algorithm.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> true = rng.integers(0, 2, 400)
        >>> wrong = rng.random((400, 3)) < [0.05, 0.3, 0.3]
        >>> given = np.where(wrong, 1 - true[:, None], true[:, None])
        >>> found = consensus(given, 2)
        >>> found.error_rates(given).round(2).tolist()
        [0.05, 0.27, 0.27]
    """
    given = np.asarray(given)
    if given.ndim != 2 or given.max(initial=UNKNOWN) >= classes:
        raise NoiseError(
            f"Labels of annotators are (rows, annotators) of ids below {classes}; got shape "
            f"{given.shape} and ids up to {given.max(initial=UNKNOWN)}."
        )
    known = given != UNKNOWN
    if not known.any():
        raise NoiseError("No annotator has labelled any row.")
    votes = np.stack([(given == c).sum(axis=1) for c in range(classes)], axis=1).astype(float)
    frequency = votes.sum(axis=0) / votes.sum()
    of = [np.eye(classes)[np.maximum(column, 0)] * (column != UNKNOWN)[:, None]
          for column in given.T]  # fmt: skip
    start = np.broadcast_to(frequency, votes.shape) if prior is None else prior
    posterior = (votes + start) / (votes + start).sum(axis=1, keepdims=True)
    done = 0
    while done < steps:
        done += 1
        matrices = [shrunk_matrix(posterior.T @ own, frequency) for own in of]
        base = np.broadcast_to(posterior[known.any(axis=1)].mean(axis=0), votes.shape)
        logs = np.log(np.maximum(base if prior is None else prior, _TINY))
        for own, matrix in zip(of, matrices, strict=True):
            logs = logs + own @ np.log(np.maximum(matrix, _TINY)).T
        found = np.exp(logs - logs.max(axis=1, keepdims=True))
        found /= found.sum(axis=1, keepdims=True)
        moved = float(np.abs(found - posterior).max())
        posterior = found
        if moved < 1e-4:
            break
    return Consensus(posterior, np.stack(matrices), done)


def majority(given: np.ndarray, classes: int) -> np.ndarray:
    """Return the class with most votes of each row `(n,)`, the first of several; -1 without votes.

    Example:
        >>> majority(np.array([[0, 1, 1], [2, -1, -1], [-1, -1, -1]]), 3).tolist()
        [1, 2, -1]
    """
    votes = np.stack([(given == c).sum(axis=1) for c in range(classes)], axis=1)
    return np.where(votes.any(axis=1), votes.argmax(axis=1), UNKNOWN)


def usable(given: np.ndarray, names: Sequence[str]) -> tuple[list[int], tuple[str, ...]]:
    """Return which annotators tell something, and a line for each that does not.

    Args:
        given: As for `consensus`.
        names: What they are called.
    """
    kept, notes = [], []
    for at, name in enumerate(names):
        states = np.unique(given[given[:, at] != UNKNOWN, at])
        if len(states) > 1:
            kept.append(at)
        else:
            what = "labels nothing" if not len(states) else "always says the same"
            notes.append(f"annotator {name!r} {what}: left out")
    return kept, tuple(notes)
