"""The epochs of member networks: which of them was best out of fold, and the loop without Keras."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from labelfeed.estimators.member_networks import MemberNetworks
from labelfeed.labels.spec import LabelSpec
from labelfeed.records.checkpoint import Checkpoint
from labelfeed.strategies.column_calibration import calibrated_loss

__all__ = ["LOWEST", "BestEpoch", "fit_networks", "learning_rate_at"]

_CHECKS = 10  # how often the loss of the held-out rows is looked at
_PATIENCE = 3  # looks without a better one, after which training ends
_COUNTED = ("done", "best", "least", "worse")  # of a `BestEpoch`
LOWEST = 0.02
"""Share of the highest learning rate that is left at the end."""


class BestEpoch:
    """Keep the weights whose held-out loss is the best, and say when it is not getting better.

    Args:
        y: int `(n, places)` of 1, 0, -1 (not scored).
        spec: The label.
        epochs: Most epochs.
    """

    def __init__(self, y: np.ndarray, spec: LabelSpec, epochs: int) -> None:
        """Know no epoch yet."""
        self.y, self.spec, self.epochs = y, spec, epochs
        self.done, self.best, self.least, self.worse = 0, 0, math.inf, 0
        self.logits = np.zeros(y.shape)
        self.weights: list[np.ndarray] | None = None

    def due(self, epoch: int) -> bool:
        """Count an epoch, and tell whether it is one to look at."""
        self.done = epoch
        return epoch % max(1, self.epochs // _CHECKS) == 0 or epoch == self.epochs

    def look(self, logits: np.ndarray, weights: Callable[[], list[np.ndarray]]) -> float:
        """Return the held-out loss; keep logits and weights if it is the least.

        Args:
            logits: float64 `(n, places)`, out of fold.
            weights: Gives copies of the weights.
        """
        loss = calibrated_loss(logits, self.y, self.spec)
        self.worse += 1
        if loss < self.least or self.weights is None:
            self.least, self.best, self.worse = loss, self.done, 0
            self.logits, self.weights = logits, weights()
        return loss

    @property
    def over(self) -> bool:
        """Whether it has been getting no better for long."""
        return self.worse >= _PATIENCE


def learning_rate_at(step: int, steps: int, highest: float) -> float:
    """Return the learning rate of a step: up in a tenth of the steps, down along a cosine.

    Example:
        >>> [round(learning_rate_at(step, 100, 0.01), 4) for step in (0, 5, 10, 55, 99)]
        [0.0, 0.005, 0.01, 0.0051, 0.0002]
    """
    warm = max(1, steps // 10)
    if step < warm:
        return highest * step / warm
    share = min(1.0, (step - warm) / max(steps - warm, 1))
    return highest * (LOWEST + (1 - LOWEST) * 0.5 * (1 + math.cos(math.pi * share)))


def fit_networks(
    networks: MemberNetworks,
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    folds: np.ndarray,
    best: BestEpoch,
    *,
    batch_size: int,
    learning_rate: float,
    on_epoch: Callable[[int, dict[str, float]], None] | None = None,
    stop: Callable[[], bool] | None = None,
    kept: tuple[Checkpoint, str] | None = None,
) -> None:
    """Train member networks with NumPy; they have the weights of the best epoch afterwards.

    Args:
        networks: Their groups are the folds that they leave out.
        x: What they read, float32 `(n, inputs)`.
        y: int `(n, places)` of 1, 0, -1 (unknown).
        weight: `(n, members)` of each row for each member.
        folds: int `(n,)`.
        best: What looks at the epochs.
        batch_size: Most rows of a batch.
        learning_rate: The highest.
        on_epoch: Called after each epoch with its number from 1 and the losses.
        stop: Asked after every batch whether to end the training.
        kept: Checkpoint of the training, and the name of this one in it.
    """
    rows = len(x)
    batches = math.ceil(rows / batch_size)
    batch = math.ceil(rows / batches)
    columns, states = np.ascontiguousarray(x.T), np.ascontiguousarray(y.T)
    shares = np.ascontiguousarray(weight.T, np.float32)
    own = [np.flatnonzero(folds == fold) for fold in range(int(folds.max()) + 1)]
    for epoch in range(_resumed(networks, best, kept) + 1, best.epochs + 1):
        order, loss, ended = networks.rng.permutation(rows), 0.0, False
        for number in range(batches):
            at = order[number * batch : (number + 1) * batch]
            step = (epoch - 1) * batches + number
            loss += networks.step(
                columns.take(at, axis=1),
                states.take(at, axis=1),
                shares.take(at, axis=1),
                best.spec,
                learning_rate_at(step, best.epochs * batches, learning_rate),
            )
            if ended := stop is not None and stop():
                break
        losses = {"loss": loss / batches}
        if best.due(epoch) or ended:
            logits = np.zeros(y.shape)
            for fold, held in enumerate(own):
                logits[held] = networks.logits(columns[:, held], fold).mean(axis=0).T
            losses["held_out_loss"] = best.look(logits, lambda: [networks.vector.copy()])
        if on_epoch is not None and not ended:
            on_epoch(epoch, losses)
        if ended:
            break
        if kept is not None and (kept[0].due() or best.over or epoch == best.epochs):
            last = best.over or epoch == best.epochs
            _keep(kept, networks, best, best.epochs if last else epoch)
        if best.over:
            break
    if best.weights is not None:
        networks.vector[:] = best.weights[0]


def _keep(
    kept: tuple[Checkpoint, str], networks: MemberNetworks, best: BestEpoch, epoch: int
) -> None:
    arrays, told = networks.state()
    arrays["logits"] = best.logits
    if best.weights is not None:
        arrays["best"] = best.weights[0]
    own = {key: getattr(best, key) for key in _COUNTED}
    kept[0].offer(lambda: (kept[1], arrays, {**told, "epoch": epoch, "best": own}))


def _resumed(networks: MemberNetworks, best: BestEpoch, kept: tuple[Checkpoint, str] | None) -> int:
    """Return how many epochs are done, with networks and best epoch as they were then."""
    found = None if kept is None else kept[0].read(kept[1])
    if found is None:
        return 0
    arrays, told = found
    networks.restore(arrays, told)
    best.logits, best.weights = arrays["logits"], [arrays["best"]] if "best" in arrays else None
    for key in _COUNTED:
        setattr(best, key, told["best"][key])
    return int(told["epoch"])
