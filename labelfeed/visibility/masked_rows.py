"""Hide all labels of some rows together, and parts of others: what a generator learns from."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.types import SeedGenerator, Tensor
from labelfeed.visibility.draws import uniform
from labelfeed.visibility.policies import Visibility

__all__ = ["MaskedRows"]


@keras.saving.register_keras_serializable(package="labelfeed")
class MaskedRows(Visibility):
    """Hide all labels of a row with probability `rate`; of the other rows, some labels of some.

    `Masked` hides labels each by itself, so that a row of many labels hardly ever has none. A
    network that shall also work without any label needs such rows.

    Args:
        rate: Probability in [0, 1] that a row shows nothing.
        partly: Probability in [0, 1] that one of the other rows is hidden in part: each label with
            a probability that is drawn anew from [0, 1] for each row.
        seed: Seed of the draws, or `None` to follow `keras.utils.set_random_seed`.

    Raises:
        ValueError: A probability is not in [0, 1].

    Example:
        >>> import numpy as np
        >>> shown = MaskedRows(0.25, partly=0.0).sample(np.ones((1000, 3), int), seed=0)
        >>> sorted(set(shown.sum(axis=1).tolist()))
        [-3, 3]
    """

    def __init__(self, rate: float = 0.1, partly: float = 0.5, seed: int | None = None) -> None:
        """Check and store the probabilities."""
        super().__init__(seed)
        for name, value in (("rate", rate), ("partly", partly)):
            if not 0 <= value <= 1:
                raise ValueError(f"{name} is a probability in [0, 1], got {value!r}.")
        self.rate, self.partly = float(rate), float(partly)

    def draw(self, label: Tensor, seed_generator: SeedGenerator) -> Tensor:
        """Return True where the label may be read."""
        row, part, hidden = (uniform(label, seed_generator, by_row=True) for _ in range(3))
        part = ops.logical_and(part < self.partly, uniform(label, seed_generator) < hidden)
        return ops.logical_and(row >= self.rate, ops.logical_not(part))

    def sample(self, label: np.ndarray, seed: int | None = None) -> np.ndarray:
        """Return `label` with -1 where it is hidden."""
        label = np.asarray(label)
        rng = np.random.default_rng(self.seed if seed is None else seed)
        rows = (label.shape[0], *(1 for _ in label.shape[1:]))
        row, part, hidden = rng.random(rows), rng.random(rows), rng.random(rows)
        hides = (part < self.partly) & (rng.random(label.shape) < hidden)
        return np.where((row >= self.rate) & ~hides, label, UNKNOWN)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"rate": self.rate, "partly": self.partly, "seed": self.seed}
