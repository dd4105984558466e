"""The plain model `network`: many small networks, cross-fitted and averaged in one training."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import keras
import numpy as np
from keras import ops
from threadpoolctl import threadpool_limits

from labelfeed.estimators.kept_fits import fit_name, kept_checkpoint
from labelfeed.estimators.member import CrossFitted
from labelfeed.estimators.member_networks import MemberNetworks
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.piecewise_linear_encoding import PiecewiseLinearEncoding
from labelfeed.layers.robust_scaling import RobustScaling
from labelfeed.models.keras_private import set_random_seed
from labelfeed.models.resuming import Resume
from labelfeed.strategies.column_calibration import fit_columns
from labelfeed.strategies.ensemble_network import (
    build_ensemble_network,
    mean_network,
    member_loss,
    put_weights,
)
from labelfeed.strategies.member_epochs import LOWEST, BestEpoch, fit_networks
from labelfeed.types import Features, KerasModel, Logs

__all__ = ["FittedNetwork", "NetworkMember", "epochs_for"]

_BY_KERAS = 100_000  # rows; below, compiling and calling take longer than the products on a CPU
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

    All are trained at once, by NumPy below 100,000 rows and else as one Keras model: the rows of
    fold `m` weigh nothing for member `m`, so that its logits on them are out of fold. The mean of
    the members is the final network. Its epochs, one number for all members, are chosen among ten
    by the loss of all held-out rows, after scale and shift of each label are right ("refine, then
    calibrate", Berta et al. 2025); the scale and shift stay.

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
        """Train on all rows, each member without its fold.

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
        many = len(x) >= _MANY
        copies = self.copies or (2 if many or x.shape[1] > _WIDE else 4)
        dropout = (
            self.dropout if self.dropout is not None else 0.3 * min(1.0, (_MANY / len(x)) ** 0.4)
        )
        bins = min(_BINS, _MOST_INPUTS // x.shape[1], len(x) // 100)
        scaling = RobustScaling.of(x)
        encoding = PiecewiseLinearEncoding.of(x, bins) if bins > 1 else None
        width = self.width or (128 if many else 64)
        if by_keras := len(x) >= _BY_KERAS:
            set_random_seed(seed)
        ensemble = build_ensemble_network(
            x.shape[1:], spec, members, copies=copies, width=width, depth=self.depth,
            dropout=dropout, scaling=scaling, encoding=encoding, drawn=by_keras,
        )  # fmt: skip
        weight = np.ones(len(x)) if sample_weight is None else np.asarray(sample_weight, float)
        weight = weight / max(weight.mean(), 1e-12)
        taught = folds[:, None] != np.repeat(np.arange(members), copies)
        weights = taught * weight[:, None]
        scored = np.where(weight[:, None] > 0, y, UNKNOWN)
        epochs = epochs_for(len(x)) if self.epochs is None else self.epochs
        best = BestEpoch(scored, spec, epochs)
        checkpoint, kept = kept_checkpoint(), None
        if checkpoint is not None:
            given = {"x": x, "y": y, "folds": folds, "weight": sample_weight, "seed": seed}
            kept = checkpoint, fit_name(self, given, spec)
        # Threads wait for each other by turning round: ten times the time on busy cores.
        with threadpool_limits(1):
            if by_keras:
                held = _HeldOut(ensemble, x, y.shape[1], folds, copies)
                follow = _Follow(held, best, self.on_epoch, self.stop)
                last = [] if kept is None else [Resume(kept[0], [best], name=kept[1])]
                self._fit(ensemble, x, y, spec, weights, [follow, *last], best.epochs)
            else:
                read = [layer.by_numpy(x) for layer in (scaling, encoding) if layer]
                networks = MemberNetworks(
                    sum(part.shape[1] for part in read), (width,) * self.depth, y.shape[1],
                    groups=members, copies=copies, dropout=dropout, weight_decay=self.weight_decay,
                    seed=seed,
                )  # fmt: skip
                fit_networks(
                    networks, np.concatenate(read, axis=1), y, weights, folds, best,
                    batch_size=self.batch_size, learning_rate=self.learning_rate,
                    on_epoch=self.on_epoch, stop=self.stop, kept=kept,
                )  # fmt: skip
                put_weights(ensemble, networks.layers)
        scale, shift = fit_columns(best.logits, scored, spec)
        network = mean_network(ensemble, scale, shift)
        note = f"{best.best} of {best.done} epochs"
        return CrossFitted(self.name, best.logits * scale + shift, FittedNetwork(network), note)

    def _fit(
        self,
        ensemble: KerasModel,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        weight: np.ndarray,
        callbacks: list[keras.callbacks.Callback],
        epochs: int,
    ) -> None:
        batches = math.ceil(len(x) / self.batch_size)
        batch = math.ceil(len(x) / batches)
        total, warm = epochs * batches, max(1, epochs * batches // 10)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, max(total - warm, 1), alpha=LOWEST, warmup_target=self.learning_rate,
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
            callbacks=callbacks,
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
        self, ensemble: KerasModel, x: np.ndarray, places: int, folds: np.ndarray, copies: int
    ) -> None:
        self.rows = [x, folds]
        fold = keras.Input((), dtype="int32", name="fold")
        members = ensemble.output.shape[1] // copies
        every = ops.reshape(ensemble.output, (-1, members, copies, places))
        own = ops.expand_dims(ops.one_hot(fold, members), -1)
        # A model of its own, as the trained one is in the middle of `fit`; it gives back the logits
        # of one member alone, which all rows have room for.
        self.network = keras.Model(
            [ensemble.input, fold], ops.sum(ops.mean(every, axis=2) * own, axis=1)
        )

    def logits(self) -> np.ndarray:
        return _predict(self.network, self.rows)


class _Follow(keras.callbacks.Callback):
    """Have the best epoch found in `fit`, which ends where none is getting better."""

    def __init__(
        self,
        held: _HeldOut,
        best: BestEpoch,
        on_epoch: Callable[[int, dict[str, float]], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        super().__init__()
        self.held, self.best, self.on_epoch, self.stop = held, best, on_epoch, stop
        self.stopped = False

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.stop is not None and not self.stopped and self.stop():
            self.stopped = self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        losses = {name: float(value) for name, value in (logs or {}).items()}
        if self.best.due(epoch + 1) or self.stopped:
            losses["held_out_loss"] = self.best.look(self.held.logits(), self.model.get_weights)
            if self.best.over:
                self.model.stop_training = True
        if self.on_epoch is not None and not self.stopped:
            self.on_epoch(epoch + 1, losses)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.best.weights is not None:
            self.model.set_weights(self.best.weights)


def _predict(network: KerasModel, x: Features) -> np.ndarray:
    return np.asarray(network.predict(x, batch_size=1024, verbose=0), np.float64)
