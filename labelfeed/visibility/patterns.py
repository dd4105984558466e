"""Visibility after a pattern: labels that are known because of what they are."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.types import ArrayLike, SeedGenerator, Tensor
from labelfeed.visibility.draws import uniform
from labelfeed.visibility.policies import Visibility

__all__ = ["LikeData"]


@keras.saving.register_keras_serializable(package="labelfeed")
class LikeData(Visibility):
    """Show each label with a probability of its own, which may depend on its value.

    `P(label j is read | y_j = s) = rates[j, s]`. Where findings are written down because they are
    present, an unknown label is more often absent than its share in the data says. A model that
    was trained with labels hidden at random does not know that; one that was trained with the
    pattern of its later use does.

    Args:
        rates: Probabilities in [0, 1] that a label is read: `(num_labels, 2)` for absent and
            present, or `(num_labels,)` where the value does not matter.
        seed: Seed of the draws, or `None` to follow `keras.utils.set_random_seed`.

    Raises:
        ValueError: The rates have another shape or leave [0, 1].

    References:
        Rubin 1976, Inference and missing data (missing at random, and not).

    Example:
        >>> positives = LikeData([[0.0, 1.0], [0.0, 1.0]])  # only present labels are known
        >>> positives.sample(np.array([[1, 0], [0, 0]]))
        array([[ 1, -1],
               [-1, -1]])
    """

    def __init__(self, rates: ArrayLike, seed: int | None = None) -> None:
        """Check and store the rates."""
        super().__init__(seed)
        array = np.asarray(rates, dtype=np.float64)
        if array.ndim == 1:
            array = np.stack([array, array], axis=1)
        if array.ndim != 2 or array.shape[1] != 2 or not len(array):
            raise ValueError(
                "rates must be (num_labels, 2), for absent and present, or (num_labels,), got "
                f"{array.shape}."
            )
        if not np.all((array >= 0) & (array <= 1)):
            raise ValueError(f"rates are probabilities in [0, 1], got {array.tolist()}.")
        self.rates: list[list[float]] = array.tolist()

    @classmethod
    def from_labels(
        cls, labels: ArrayLike, truth: ArrayLike | None = None, seed: int | None = None
    ) -> LikeData:
        """Return the pattern of labels that are partly known.

        Args:
            labels: int array `(n, num_labels)`, -1 where unknown.
            truth: The same rows with more of them known. With it, the rates are counted for each
                value; without it, for each label: the value of an unknown label is not there.
            seed: Seed of the draws.

        Raises:
            ValueError: The shapes differ.

        Example:
            >>> LikeData.from_labels(np.array([[1, -1], [0, -1], [-1, 0], [1, -1]])).rates
            [[0.75, 0.75], [0.25, 0.25]]
        """
        labels = np.asarray(labels)
        if truth is None:
            return cls((labels != UNKNOWN).mean(axis=0), seed)
        truth = np.asarray(truth)
        if truth.shape != labels.shape:
            raise ValueError(
                f"labels and truth must have one shape, got {labels.shape} and {truth.shape}."
            )
        known = labels != UNKNOWN
        # One known and one unknown row are added: a value that was never seen gets 1/2.
        rates = [
            ((known & (truth == state)).sum(axis=0) + 1) / ((truth == state).sum(axis=0) + 2)
            for state in (0, 1)
        ]
        return cls(np.stack(rates, axis=1), seed)

    def draw(self, label: Tensor, seed_generator: SeedGenerator) -> Tensor:
        """Return True where the label may be read."""
        self._check(tuple(label.shape))
        absent, present = np.asarray(self.rates, dtype=np.float32).T
        rate = ops.where(label == 1, present, absent)
        return uniform(label, seed_generator) < rate

    def sample(self, label: np.ndarray, seed: int | None = None) -> np.ndarray:
        """Return `label` with -1 where it is hidden."""
        label = np.asarray(label)
        self._check(label.shape)
        rng = np.random.default_rng(self.seed if seed is None else seed)
        absent, present = np.asarray(self.rates).T
        rate = np.where(label == 1, present, absent)
        return np.where(rng.random(label.shape) < rate, label, UNKNOWN)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"rates": self.rates, "seed": self.seed}

    def _check(self, shape: tuple[Any, ...]) -> None:
        if len(shape) != 2 or shape[1] != len(self.rates):
            raise ValueError(
                f"LikeData has rates for {len(self.rates)} yes/no labels, got labels of shape "
                f"{shape}; expected (batch, {len(self.rates)})."
            )
