"""What follows a training: its phases and epochs, whether it shall stop, and its best weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from labelfeed.types import Logs

__all__ = ["BestWeights", "StoppedError", "Watch", "greatest_is_best"]


class StoppedError(Exception):
    """Raised where a further phase would start although the training shall stop."""


class Watch(keras.callbacks.Callback):
    """Record each phase of a training, tell about it, and end it when asked to.

    An epoch that is cut off counts as none: its losses are those of a part of the rows. Nothing is
    asked before the first batch is done: until then there is nothing to keep.

    Args:
        stop: Asked after every batch whether to end the training.
        on_phase: Called with the number of a phase, from 1, when it starts.
        on_epoch: Called after each whole epoch with its number from 1, counted on through the
            phases, and the losses.
        beside: Further callbacks of Keras's, of whoever tracks the training.

    Attributes:
        phases: The losses and metrics of each phase, a value for each whole epoch.
        stopped: Whether the training was asked to end, and did.
        cut: Whether the present epoch was cut off.
        fits: Networks that it has followed, where their checkpoints are told apart.
    """

    def __init__(
        self,
        stop: Callable[[], bool] | None = None,
        on_phase: Callable[[int], None] | None = None,
        on_epoch: Callable[[int, dict[str, float]], None] | None = None,
        beside: Sequence[keras.callbacks.Callback] = (),
    ) -> None:
        """Start without a phase."""
        super().__init__()
        self.beside = tuple(beside)
        self._stop, self._on_phase, self._on_epoch = stop, on_phase, on_epoch
        self.phases: list[dict[str, list[float]]] = []
        self.stopped = self.cut = False
        self.fits = 0

    keeps = ("phases",)  # from one start of a training to the next: see `models.resuming.Resume`

    def resumed(self) -> None:
        """Tell of the epochs that an earlier start of this training has done in this phase."""
        if self._on_epoch is None:
            return
        *before, own = self.phases
        first = sum(map(_epochs, before))
        for epoch in range(_epochs(own)):
            losses = {name: values[epoch] for name, values in own.items() if len(values) > epoch}
            self._on_epoch(first + epoch + 1, losses)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.phases and self._ends():
            raise StoppedError
        self.phases.append({})
        if self._on_phase is not None:
            self._on_phase(len(self.phases))

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self._ends():
            self.cut = True

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self._ends():
            self.cut = self.model.stop_evaluating = True

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.cut:
            return
        losses = {name: float(value) for name, value in (logs or {}).items()}
        for name, value in losses.items():
            self.phases[-1].setdefault(name, []).append(value)
        if self._on_epoch is not None:
            self._on_epoch(epoch + 1, losses)
        self._ends()

    def _ends(self) -> bool:
        if self._stop is not None and not self.stopped and self._stop():
            self.stopped = True
        if self.stopped:
            self.model.stop_training = True
        return self.stopped

    def summary(self, follow: str, validated: bool) -> dict[str, Any]:
        """Return the epochs, the best ones and their losses as JSON types.

        Args:
            follow: What tells which epoch is the best; the loss where it was not computed.
            validated: Whether the weights of the best epoch were kept; else those of the last.
        """
        epochs = [_epochs(phase) for phase in self.phases]
        best = [_best(phase, follow, validated) for phase in self.phases]
        done = [place for place, count in enumerate(epochs) if count][-1:]
        last = self.phases[done[0]] if done else {}
        return {
            "epochs": sum(epochs),
            "best_epoch": sum(epochs[: done[0]]) + best[done[0]] if done else None,
            "loss": _number(last.get("loss", [])[-1:]),
            "best_validation_loss": _number(last.get("val_loss", [])),
            "phases": [
                {"epochs": count, "best_epoch": place or None}
                for count, place in zip(epochs, best, strict=True)
            ],
            "interrupted": self.stopped,
        }


class BestWeights(keras.callbacks.EarlyStopping):
    """Stop early, and keep the best weights; an epoch that was cut off is not judged.

    Where a later phase is cut off in its first epoch, the weights are those before it.

    Args:
        watch: What knows whether an epoch was cut off; it stands earlier among the callbacks.
        follow: What tells which epoch is the best.
        patience: Epochs without a better one, after which a phase ends.
    """

    def __init__(self, watch: Watch, follow: str, patience: int) -> None:
        """Keep the watch."""
        mode = "max" if greatest_is_best(follow) else "min"
        super().__init__(follow, patience=patience, mode=mode, restore_best_weights=True)
        self.watch = watch
        self.start: Any = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        super().on_train_begin(logs)
        self.start = self.model.get_weights() if len(self.watch.phases) > 1 else None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if not self.watch.cut:
            super().on_epoch_end(epoch, logs)
            self.start = None
        elif self.start is not None:
            self.best_weights: Any = self.start


def greatest_is_best(follow: str) -> bool:
    """Return whether the greatest value of a loss or metric is the best."""
    return "loss" not in follow


def _epochs(phase: Mapping[str, list[float]]) -> int:
    return len(phase.get("loss", ()))


def _best(phase: Mapping[str, list[float]], follow: str, validated: bool) -> int:
    """Return the number of the best epoch, from 1; 0 where there is none."""
    if not validated or not _epochs(phase):
        return _epochs(phase)
    follow = follow if follow in phase else "loss"
    values = np.asarray(phase[follow]) * (1 if greatest_is_best(follow) else -1)
    return int(np.where(np.isnan(values), -np.inf, values).argmax()) + 1


def _number(values: list[float]) -> float | None:
    """Return the least of the finite values: JSON knows no others."""
    finite = [value for value in values if np.isfinite(value)]
    return min(finite) if finite else None
