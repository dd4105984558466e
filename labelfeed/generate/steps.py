"""What happens in one step of a diffusion: draw noise and what may be read, denoise, average."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.generate.averages import move_averages
from labelfeed.generate.networks import GIVEN, LEVEL, NOISY, NUMBERS
from labelfeed.generate.noise import NoiseLevels
from labelfeed.generate.rows import CLEAN, NOISE, NORMAL, WEIGHT
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.keras_private import call_inside, on_state, split_step
from labelfeed.models.wire import as_tensors
from labelfeed.types import Batch, Features, KerasModel, Logs, SampleWeight, SeedGenerator, Tensor
from labelfeed.visibility.by_column import joint_draw
from labelfeed.visibility.masked_rows import MaskedRows
from labelfeed.visibility.policies import Visibility

__all__ = ["DiffusionSteps"]


class DiffusionSteps(keras.Model):
    """The steps of `ConditionalDiffusion`: one draw of noise and of what is read, then Keras's own.

    A batch is a dict: x (`CLEAN`), the labels by the names of their inputs, and where the noise is
    fixed (in validation) `NOISE` and `NORMAL`. What a row is shown of its own columns is not
    scored; labels are read, never scored.

    Attributes:
        network: The functional network that is trained.
        averaged: Its copy whose weights are moving averages; it validates and samples.
        spec: `LabelSpec` of the label.
        sides: Those of the side labels.
        visibility: Which labels a training step shows.
    """

    network: KerasModel
    averaged: KerasModel
    spec: LabelSpec
    sides: tuple[LabelSpec, ...]
    given_levels: NoiseLevels | None
    _levels: NoiseLevels | None
    visibility: Visibility
    groups: np.ndarray
    given_share: float
    ema: float
    _draws: SeedGenerator
    _pairs: list[tuple[Any, Any]]
    _testing = False

    @property
    def labels(self) -> tuple[LabelSpec, ...]:
        """The label and the side labels."""
        return (self.spec, *self.sides)

    @property
    def levels(self) -> NoiseLevels:
        """The noise levels; before the first `fit` those of x with standard deviation 1."""
        return self._levels or self.given_levels or NoiseLevels()

    @property
    def _network_inputs(self) -> list[str]:
        return [tensor.name for tensor in self.network.inputs]

    def call(self, x: Features, training: bool | None = None) -> Tensor:
        """Return the denoised x of `{"noisy": x, "noise_level": s, ...}`, in float32.

        Inputs of the network that are not there are unknown (labels, numbers) or not given.
        """
        network = self.network if training else self.averaged
        return self._denoised(network, as_tensors(dict(x)), training)

    def _denoised(self, network: KerasModel, x: dict[str, Tensor], training: bool | None) -> Tensor:
        noisy, level = ops.cast(x[NOISY], "float32"), ops.cast(x[LEVEL], "float32")
        wide = ops.reshape(level, (-1, *(1 for _ in noisy.shape[1:])))
        inputs = {name: x[name] for name in self._network_inputs if name in x}
        inputs[NOISY] = noisy * self.levels.scale(wide)
        inputs[LEVEL] = ops.log(ops.reshape(level, (-1, 1))) / 4
        output = ops.cast(call_inside(network, inputs, training), "float32")
        return self.levels.skip(wide) * noisy + self.levels.out(wide) * output

    def train_step(self, *args: Any) -> Logs:
        """Run Keras's own step on a noisy batch, then move the averages."""
        state, data = split_step(args)
        if not state:
            logs = super().train_step(self._noisy(data, True))
            self._average()
            return logs
        data, before = on_state(self, state[0], lambda: self._noisy(data, True), ("non_trainable",))
        logs, after = super().train_step(before, data)
        return logs, on_state(self, after, self._average, ("trainable", "non_trainable"))[1]

    def test_step(self, *args: Any) -> Logs:
        """Run Keras's own test step of the averaged network."""
        state, data = split_step(args)
        return super().test_step(*state, self._noisy(data, False))

    def _noisy(self, data: Batch, training: bool) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """Return what the network reads, the clean x, and the weight of each of its numbers."""
        batch = keras.utils.unpack_x_y_sample_weight(as_tensors(data))[0]
        clean = batch[CLEAN]
        rows = (ops.shape(clean)[0], *(1 for _ in clean.shape[1:]))
        if NOISE in batch:
            noise, normal = batch[NOISE], ops.reshape(batch[NORMAL], rows)
        else:
            noise = keras.random.normal(ops.shape(clean), dtype="float32", seed=self._draws)
            normal = keras.random.normal(rows, dtype="float32", seed=self._draws)
        level = self.levels.of_normal(normal, ops.exp)
        x = {name: batch[name] for name in self._network_inputs if name in batch}
        if training:
            x = self._shown(x)
        scored = self.levels.weight(level) + ops.zeros_like(clean)
        if GIVEN in self._network_inputs:
            flags = self._given_flags(clean) if training else ops.zeros_like(clean)
            x[GIVEN] = ops.concatenate([clean * flags, flags], axis=1)
            scored = scored * (1 - flags)
        if WEIGHT in batch:
            scored = scored * ops.reshape(ops.cast(batch[WEIGHT], "float32"), rows)
        x[NOISY], x[LEVEL] = clean + level * noise, ops.reshape(level, (-1, 1))
        return x, clean, scored

    def _shown(self, x: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return the inputs with labels hidden by one draw for all labels of a row."""
        parts = {s.input_name: ops.cast(x[s.input_name], "int32") for s in self.labels}
        flat = {k: v[:, None] if len(v.shape) == 1 else v for k, v in parts.items()}
        if NUMBERS in x:
            flat[NUMBERS] = ops.cast(x[NUMBERS][:, x[NUMBERS].shape[1] // 2 :], "int32") - 1
        together = ops.concatenate(list(flat.values()), axis=1)
        shown, x, start = self.visibility.draw(together, self._draws), dict(x), 0
        for name, ids in flat.items():
            own = shown[:, start : start + ids.shape[1]]
            start += ids.shape[1]
            spec = next((s for s in self.labels if s.input_name == name), None)
            if spec is None:
                x[name] = x[name] * ops.tile(ops.cast(own, "float32"), (1, 2))
                continue
            if spec.class_columns:
                own = joint_draw(own, ids, spec)
            x[name] = ops.reshape(ops.where(own, ids, UNKNOWN), ops.shape(parts[name]))
        return x

    def _given_flags(self, clean: Tensor) -> Tensor:
        """Return 1 where a column is shown to the row that it is of, else 0, whole groups alike."""
        count = int(self.groups.max()) + 1
        cells = ops.zeros_like(clean[:, :1], dtype="int32") + ops.zeros((1, count), "int32")
        policy = MaskedRows(1 - self.given_share, partly=1.0)
        shown = ops.cast(policy.draw(cells, self._draws), "float32")
        return ops.take(shown, ops.convert_to_tensor(self.groups), axis=1)

    def compute_loss(
        self,
        x: Features | None = None,
        y: Tensor | None = None,
        y_pred: Tensor = None,
        sample_weight: SampleWeight | None = None,
        training: bool = True,
    ) -> Tensor:
        """Return the mean squared error of D, weighted so that each noise level counts alike."""
        loss = ops.mean(sample_weight * ops.square(y_pred - y))
        return loss + sum(self.losses) if training and self.losses else loss

    def compute_metrics(
        self, x: Features, y: Tensor, y_pred: Tensor, sample_weight: SampleWeight | None = None
    ) -> Logs:
        """Return the loss alone."""
        return self.get_metrics_result()

    def _average(self) -> None:
        """Move the averages towards the weights; fast at first, when they know nothing."""
        step = ops.cast(self.averaged_steps, "float32") + 1
        keep = ops.minimum(self.ema, step / (step + 9))
        move_averages(self._pairs, keep)
        self.averaged_steps.assign(self.averaged_steps + 1)
