"""Which labels a network may read at a training step: `Hidden`, `Shown`, `Masked`."""

from __future__ import annotations

from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.types import SeedGenerator, Tensor
from labelfeed.visibility.draws import uniform

__all__ = ["Hidden", "Masked", "Shown", "Visibility"]


class Visibility:
    """Access policy of a label: decides, once per step, which labels the network may read.

    A policy has two faces with one meaning: `draw` inside a training step, on tensors of any
    backend, and `sample` outside of it, on NumPy arrays (for evaluation with some labels known).
    Whatever is shown is not scored; unknown labels are neither shown nor scored.

    A policy of your own overrides `draw` and `sample`, and is registered with
    `keras.saving.register_keras_serializable` so that a model that uses it can be saved.

    Args:
        seed: Seed of the draws, or `None` to follow `keras.utils.set_random_seed`.
    """

    def __init__(self, seed: int | None = None) -> None:
        """Store the seed."""
        self.seed = seed

    def draw(self, label: Tensor, seed_generator: SeedGenerator) -> Tensor:
        """Return a boolean tensor in the shape of `label`: True where it may be read.

        Args:
            label: int32 tensor of shape `(batch,)` or `(batch, num_labels)`, -1 unknown.
            seed_generator: `keras.random.SeedGenerator` that the draw advances.
        """
        raise NotImplementedError

    def sample(self, label: np.ndarray, seed: int | None = None) -> np.ndarray:
        """Return `label` with -1 wherever the policy hides it, drawn with NumPy.

        Args:
            label: int array of shape `(n,)` or `(n, num_labels)`, -1 unknown.
            seed: Seed of the draw; the policy's own when `None`.
        """
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"seed": self.seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Visibility:
        """Return the policy that `get_config` described."""
        return cls(**config)

    def __repr__(self) -> str:
        """Return the call that makes this policy."""
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items() if v is not None)
        return f"{type(self).__name__}({arguments})"

    def __eq__(self, other: object) -> bool:
        """Two policies are equal when type and arguments are."""
        if type(other) is not type(self):
            return NotImplemented
        return self.get_config() == other.get_config()

    def __hash__(self) -> int:
        """Hash by type and arguments."""
        return hash(repr(self))


@keras.saving.register_keras_serializable(package="labelfeed")
class Hidden(Visibility):
    """No label may be read; every known label is scored. What predict and evaluate do."""

    def draw(self, label: Tensor, seed_generator: SeedGenerator) -> Tensor:
        """Return False everywhere."""
        return ops.zeros_like(label, dtype="bool")

    def sample(self, label: np.ndarray, seed: int | None = None) -> np.ndarray:
        """Return -1 everywhere."""
        return np.full_like(np.asarray(label), UNKNOWN)


@keras.saving.register_keras_serializable(package="labelfeed")
class Shown(Visibility):
    """Every known label may be read, so none is scored.

    For labels that are not the target. A model whose own target is always shown has nothing to
    learn from; `LabelFedModel.fit` refuses it.
    """

    def draw(self, label: Tensor, seed_generator: SeedGenerator) -> Tensor:
        """Return True everywhere."""
        return ops.ones_like(label, dtype="bool")

    def sample(self, label: np.ndarray, seed: int | None = None) -> np.ndarray:
        """Return a copy of `label`."""
        return np.array(label)


@keras.saving.register_keras_serializable(package="labelfeed")
class Masked(Visibility):
    """Hide each label at random with probability `rate`; hidden labels are scored.

    Args:
        rate: The hidden rate: probability in [0, 1] that a label is hidden, or `"uniform"` to
            draw it anew from [0, 1] for each row, so that one model meets every amount of
            knowledge. Multi labels are hidden each by itself.
        seed: Seed of the draws, or `None` to follow `keras.utils.set_random_seed`.

    Raises:
        ValueError: `rate` is neither in [0, 1] nor `"uniform"`.

    Example:
        >>> import numpy as np
        >>> Masked(1.0).sample(np.array([0, 1, 2]))
        array([-1, -1, -1])
    """

    def __init__(self, rate: float | Literal["uniform"] = 0.5, seed: int | None = None) -> None:
        """Check and store the rate."""
        super().__init__(seed)
        if isinstance(rate, str):
            fits = rate == "uniform"
        else:
            numeric = isinstance(rate, (int, float, np.integer, np.floating))
            fits = numeric and not isinstance(rate, bool) and 0 <= rate <= 1
        if not fits:
            raise ValueError(
                "rate is the probability in [0, 1] that a label is hidden, or 'uniform'; "
                f"got {rate!r}."
            )
        self.rate: float | Literal["uniform"] = rate if rate == "uniform" else float(rate)

    def draw(self, label: Tensor, seed_generator: SeedGenerator) -> Tensor:
        """Return True where the label may be read."""
        rate: Any = self.rate
        if self.rate == "uniform":
            rate = uniform(label, seed_generator, by_row=True)
        # uniform() lies in [0, 1): rate 0 hides nothing and rate 1 hides everything.
        return uniform(label, seed_generator) >= rate

    def sample(self, label: np.ndarray, seed: int | None = None) -> np.ndarray:
        """Return `label` with -1 where it is hidden."""
        label = np.asarray(label)
        rng = np.random.default_rng(self.seed if seed is None else seed)
        rate: Any = self.rate
        if self.rate == "uniform":
            rate = rng.random((label.shape[0], *(1 for _ in label.shape[1:])))
        return np.where(rng.random(label.shape) >= rate, label, UNKNOWN)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"rate": self.rate, "seed": self.seed}
