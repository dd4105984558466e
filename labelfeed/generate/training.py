"""How long a diffusion trains, and when it stops: by the number of rows and held-out rows."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
import numpy as np

from labelfeed.generate.conditions import whole
from labelfeed.types import KerasOptimizer

__all__ = [
    "DEFAULT_STEPS",
    "LEAST_HELD_OUT",
    "KeepBest",
    "TrainingLength",
    "falling_adamw",
    "training_length",
]

DEFAULT_STEPS = 6000
_PARTS = 50
LEAST_HELD_OUT = 40  # rows, below which a tenth says nothing


@dataclasses.dataclass(frozen=True)
class TrainingLength:
    """How long a training is.

    Args:
        batch_size: Rows a step.
        batches: Steps an epoch.
        epochs: Epochs, at most.
        patience: Epochs without a better held-out loss after which it stops.
    """

    batch_size: int
    batches: int
    epochs: int
    patience: int = 10

    @property
    def steps(self) -> int:
        """Steps in all."""
        return self.batches * self.epochs


def training_length(rows: int, batch_size: int | None, epochs: int | None) -> TrainingLength:
    """Return how long to train on so many rows.

    Without `epochs` there are 60 steps for each unit of the square root of the rows, from 2,000 to
    10,000, cut into fifty parts, after each of which the held-out loss is looked at.

    Args:
        rows: Training rows.
        batch_size: Rows a step, or `None`.
        epochs: Passes over the rows, or `None`.

    Example:
        >>> training_length(10_000, None, None).steps
        6000
    """
    if epochs is not None:
        whole("epochs", epochs, 1)
    if batch_size is None:
        batch_size = int(2 ** np.clip(np.round(np.log2(max(rows, 1) / 8)), 5, 8))
    whole("batch_size", batch_size, 1)
    passes = max(-(-rows // batch_size), 1)
    if epochs is not None:
        return TrainingLength(batch_size, passes, epochs)
    steps = int(np.clip(60 * np.sqrt(rows), 2000, 10_000))
    return TrainingLength(batch_size, steps // _PARTS, _PARTS)


class KeepBest(keras.callbacks.Callback):
    """Stop when the held-out loss has not fallen for some epochs, and keep the best averages.

    Args:
        patience: Epochs.
    """

    def __init__(self, patience: int) -> None:
        """Start without a best."""
        super().__init__()
        self.patience, self.best, self.waited = patience, np.inf, 0
        self.kept: list[np.ndarray] | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Look at the held-out loss."""
        loss = (logs or {}).get("val_loss", np.inf)
        self.waited += 1
        if loss < self.best:
            self.best, self.waited = loss, 0
            self.kept = self.model.averaged.get_weights()
        elif self.waited >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Give the best averages back."""
        if self.kept is not None:
            self.model.averaged.set_weights(self.kept)


def falling_adamw(steps: int) -> KerasOptimizer:
    """Return AdamW whose learning rate rises for a twentieth of the steps, and falls to 1 %."""
    warm = max(steps // 20, 1)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, max(steps - warm, 1), warmup_target=2e-3, warmup_steps=warm, alpha=0.01
    )
    return keras.optimizers.AdamW(rate, weight_decay=1e-4, global_clipnorm=1.0)
