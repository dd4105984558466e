"""The plain model `network`: many small networks, cross-fitted and averaged in one training."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import keras
import numpy as np
from keras import ops
from threadpoolctl import threadpool_limits

from labelfeed.estimators.member import CrossFitted
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.piecewise_linear_encoding import PiecewiseLinearEncoding
from labelfeed.layers.robust_scaling import RobustScaling
from labelfeed.models.keras_private import set_random_seed
from labelfeed.strategies.column_calibration import calibrated_loss, fit_columns
from labelfeed.strategies.ensemble_network import (
    build_ensemble_network,
    mean_network,
    member_loss,
)
from labelfeed.types import Features, KerasModel, Logs

__all__ = ["FittedNetwork", "NetworkMember", "epochs_for"]

_CHECKS = 10  # how often the loss of the held-out rows is looked at
_PATIENCE = 3  # looks without a better one, after which training ends
_BINS, _MOST_INPUTS = 8, 384  # bins of a column, and of all columns together
_MANY = 3000  # rows that feed wider networks
_WIDE = 256  # features, which take the time that more copies would


@dataclasses.dataclass(frozen=True, eq=False)
class FittedNetwork:
    """A fitted network: `network` is features `(batch, d)` -> logits `(batch, places)`."""

    network: KerasModel

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Return float64 logits `(n, places)` of features `(n, d)`."""
        return _predict(self.network, np.asarray(x, np.float32))


@dataclasses.dataclass(frozen=True, kw_only=True)
class NetworkMember:
    """A network of several members, of which each leaves out a fold (Breiman 1996).

    All are trained at once, as one Keras model: the rows of fold `m` weigh nothing for member `m`,
    so that its logits on them are out of fold. The mean of the members is the final network. Its
    epochs, one number for all members, are chosen among ten by the loss of all held-out rows, after
    scale and shift of each label are right ("refine, then calibrate", Berta et al. 2025); the scale
    and shift stay.

    Args:
        copies: Copies of each member, which share their kernels, >= 1; `None`: 4, and 2 from 3,000
            rows or 257 features on.
        width: Units of each dense layer, >= 1; `None`: 64, and 128 from 3,000 rows on.
        depth: Number of dense layers, >= 1.
        dropout: Probability in [0, 1) that a unit is zeroed in training; `None`: 0.3, and less the
            more rows there are beyond 3,000.
        learning_rate: Highest learning rate of AdamW, > 0; it falls along a cosine.
        weight_decay: Of AdamW, >= 0.
        batch_size: Most rows of a batch, >= 1.
        epochs: Most epochs; `None`: `epochs_for` the rows.
        on_epoch: Called after each epoch with its number from 1 and the losses.
        stop: Asked after every batch whether to end the training.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> x = rng.normal(size=(60, 2))
        >>> y = (x[:, :1] > 0).astype(int)
        >>> member = NetworkMember(copies=1, width=8, epochs=3)
        >>> found = member.cross_fit(x, y, LabelSpec.multi(1), np.arange(60) % 3)
        >>> found.oof.shape, found.final.logits(x[:4]).shape
        ((60, 1), (4, 1))
    """

    copies: int | None = None
    width: int | None = None
    depth: int = 2
    dropout: float | None = None
    learning_rate: float = 1e-2
    weight_decay: float = 0.3
    batch_size: int = 256
    epochs: int | None = None
    on_epoch: Callable[[int, dict[str, float]], None] | None = None
    stop: Callable[[], bool] | None = None
    name: str = dataclasses.field(default="network", init=False)

    def cross_fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        folds: np.ndarray,
        *,
        sample_weight: np.ndarray | None = None,
        seed: int = 0,
    ) -> CrossFitted:
        """Train on all rows, each member without its fold. Sets Keras's seeds.

        Args:
            x: Features `(n, d)`, finite.
            y: int `(n, places)` of 1, 0, -1 (unknown, not scored).
            spec: The label.
            folds: int `(n,)` of fold numbers from 0.
            sample_weight: Weight of each row, >= 0; `None`: 1.
            seed: Of the weights, the batches and the dropout.
        """
        x, y, folds = np.asarray(x, np.float32), np.asarray(y), np.asarray(folds, np.int32)
        members = int(folds.max()) + 1
        set_random_seed(seed)
        many = len(x) >= _MANY
        copies = self.copies or (2 if many or x.shape[1] > _WIDE else 4)
        dropout = (
            self.dropout if self.dropout is not None else 0.3 * min(1.0, (_MANY / len(x)) ** 0.4)
        )
        bins = min(_BINS, _MOST_INPUTS // x.shape[1], len(x) // 100)
        ensemble = build_ensemble_network(
            x.shape[1:],
            spec,
            members,
            copies=copies,
            width=self.width or (128 if many else 64),
            depth=self.depth,
            dropout=dropout,
            scaling=RobustScaling.of(x),
            encoding=PiecewiseLinearEncoding.of(x, bins) if bins > 1 else None,
        )
        weight = np.ones(len(x)) if sample_weight is None else np.asarray(sample_weight, float)
        weight = weight / max(weight.mean(), 1e-12)
        taught = folds[:, None] != np.repeat(np.arange(members), copies)
        scored = np.where(weight[:, None] > 0, y, UNKNOWN)
        held = _HeldOut(ensemble, x, scored, spec, folds, copies)
        follow = _Follow(held, self.on_epoch, self.stop)
        # Torch's threads wait for each other by turning round: ten times the time on busy cores.
        with threadpool_limits(1):
            self._fit(ensemble, x, y, spec, taught * weight[:, None], follow)
        follow.restore(ensemble)
        scale, shift = fit_columns(follow.logits, scored, spec)
        network = mean_network(ensemble, scale, shift)
        note = f"{follow.best} of {follow.done} epochs"
        return CrossFitted(self.name, follow.logits * scale + shift, FittedNetwork(network), note)

    def _fit(
        self,
        ensemble: KerasModel,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        weight: np.ndarray,
        follow: _Follow,
    ) -> None:
        batches = math.ceil(len(x) / self.batch_size)
        batch = math.ceil(len(x) / batches)
        epochs = epochs_for(len(x)) if self.epochs is None else self.epochs
        follow.every = max(1, epochs // _CHECKS)
        total, warm = epochs * batches, max(1, epochs * batches // 10)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, max(total - warm, 1), alpha=0.02, warmup_target=self.learning_rate,
            warmup_steps=warm,
        )  # fmt: skip
        optimizer = keras.optimizers.AdamW(rate, beta_2=0.99, weight_decay=self.weight_decay)
        optimizer.exclude_from_weight_decay(var_names=["bias", "factor"])
        # Whole batches alone: another shape would be compiled for itself.
        fill = np.arange(batches * batch) % len(x)
        weight = np.where(np.arange(len(fill))[:, None] < len(x), weight[fill], 0.0)
        # XLA compiles for TensorFlow as long as a small table trains, and gains nothing by it.
        jax = keras.backend.backend() == "jax"
        ensemble.compile(optimizer, member_loss(spec), jit_compile=jax)
        ensemble.fit(
            x[fill],
            y[fill, None].astype(np.float32),
            sample_weight=weight.astype(np.float32),
            epochs=epochs,
            batch_size=batch,
            callbacks=[follow],
            verbose=0,
        )


def epochs_for(rows: int) -> int:
    """Return how many epochs so many rows are gone through at most: 50 for 1,000, fewer for more.

    Example:
        >>> epochs_for(1000), epochs_for(16000), epochs_for(100)
        (50, 22, 100)
    """
    return int(np.clip(round(50 * (1000 / max(rows, 1)) ** 0.3), 8, 100))


class _HeldOut:
    """The logits of each row from the members that do not train on its fold."""

    def __init__(
        self,
        ensemble: KerasModel,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        folds: np.ndarray,
        copies: int,
    ) -> None:
        self.y, self.spec, self.rows = y, spec, [x, folds]
        fold = keras.Input((), dtype="int32", name="fold")
        members = ensemble.output.shape[1] // copies
        every = ops.reshape(ensemble.output, (-1, members, copies, y.shape[1]))
        own = ops.expand_dims(ops.one_hot(fold, members), -1)
        # A model of its own, as the trained one is in the middle of `fit`; it gives back the logits
        # of one member alone, which all rows have room for.
        self.network = keras.Model(
            [ensemble.input, fold], ops.sum(ops.mean(every, axis=2) * own, axis=1)
        )

    def logits(self) -> np.ndarray:
        return _predict(self.network, self.rows)

    def loss(self, logits: np.ndarray) -> float:
        return calibrated_loss(logits, self.y, self.spec)


class _Follow(keras.callbacks.Callback):
    """Keep the weights whose held-out loss is the best; end when it is not getting better."""

    def __init__(
        self,
        held: _HeldOut,
        on_epoch: Callable[[int, dict[str, float]], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        super().__init__()
        self.held, self.on_epoch, self.stop = held, on_epoch, stop
        self.every, self.done, self.best, self.least, self.worse = 1, 0, 0, math.inf, 0
        self.logits = np.zeros(held.y.shape)
        self.kept: list[np.ndarray] | None = None
        self.stopped = False

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.stop is not None and not self.stopped and self.stop():
            self.stopped = self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.done = epoch + 1
        losses = {name: float(value) for name, value in (logs or {}).items()}
        if self.done % self.every == 0 or self.done == self.params["epochs"] or self.stopped:
            logits = self.held.logits()
            losses["held_out_loss"] = loss = self.held.loss(logits)
            self.worse += 1
            if loss < self.least or self.kept is None:
                self.least, self.best, self.worse, self.logits = loss, self.done, 0, logits
                self.kept = self.model.get_weights()
            if self.worse >= _PATIENCE:
                self.model.stop_training = True
        if self.on_epoch is not None and not self.stopped:
            self.on_epoch(self.done, losses)

    def restore(self, ensemble: KerasModel) -> None:
        if self.kept is not None:
            ensemble.set_weights(self.kept)


def _predict(network: KerasModel, x: Features) -> np.ndarray:
    return np.asarray(network.predict(x, batch_size=1024, verbose=0), np.float64)
