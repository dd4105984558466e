"""`ConditionalDiffusion`: rows or pictures made anew, for the labels that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from labelfeed.generate.compiled import compiled_denoiser
from labelfeed.generate.conditions import (
    flagged,
    given_columns,
    ids_of_known,
    ids_of_sides,
    numbers_of_rows,
    whole,
)
from labelfeed.generate.networks import GIVEN, LEVEL, NOISY, NUMBERS
from labelfeed.generate.noise import NoiseLevels
from labelfeed.generate.rows import FixedNoise, ShuffledRows
from labelfeed.generate.sampler import Guidance, heun_steps
from labelfeed.generate.steps import CLEAN, DiffusionSteps
from labelfeed.generate.training import KeepBest, training_length
from labelfeed.labels.encoding import UNKNOWN, LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.features import check_finite, feature_arrays
from labelfeed.models.keras_private import build_optimizer, set_untracked, without_tensorflow
from labelfeed.models.sources import run_checked
from labelfeed.types import (
    ArrayLike,
    Features,
    Identifier,
    KerasModel,
    Labels,
    Logs,
    SampleWeight,
    SideValues,
    Source,
)
from labelfeed.visibility.masked_rows import MaskedRows
from labelfeed.visibility.policies import Masked, Visibility

__all__ = ["ConditionalDiffusion"]


@keras.saving.register_keras_serializable(package="labelfeed")
class ConditionalDiffusion(DiffusionSteps):
    """A diffusion of rows or pictures that labels condition, with guidance.

    `fit` adds noise of all levels to x and trains the network to take it away again, given the
    labels that one draw a step shows: it drops them at times, so that one network is the
    unconditional model too. `sample` starts from noise and takes it away in a few steps. The
    label stays an input with an access policy: what was never given is *unknown*.

    Args:
        network: Functional `keras.Model` with the inputs `noisy` (as x), `noise_level`
            `(batch, 1)` and the labels by name, and an output as x; optional inputs are `given`
            `(batch, 2 d)` and `numbers` `(batch, 2 numbers)`. See `table_network`,
            `image_network`.
        spec: `LabelSpec` of the label.
        sides: `LabelSpec` of each side label.
        label_dropout: Probability in [0, 1) that a row shows no label at a step; or a visibility
            of your own for label, side labels and numbers of a row together.
        ema: Share of the averaged weights that a step keeps, in [0, 1).
        groups: Number of each column's group `(d,)`: columns that are given together, as those of
            one category; `None`: each by itself.
        given_share: Probability in [0, 1) that a row shows some of its columns at a step, so that
            `sample(given=)` works; for networks with that input.
        levels: `NoiseLevels`, or `None`: those of x's own standard deviation, taken by `fit`.
        name: Name of the model.

    Raises:
        ValueError: The network lacks an input, or a number is out of its range.

    References:
        Karras et al. 2022, Elucidating the design space of diffusion-based generative models; Ho
        and Salimans 2022, Classifier-free diffusion guidance.

    Example:
        >>> from labelfeed.generate import table_network
        >>> spec = LabelSpec.single(["benign", "malignant"], name="diagnosis")
        >>> model = ConditionalDiffusion(table_network(3, spec, width=8, depth=1), spec)
        >>> x, y = np.random.randn(40, 3), np.random.randint(0, 2, 40)
        >>> history = model.fit(x, y, epochs=1, verbose=0)
        >>> model.sample(5, known={"diagnosis": "malignant"}, guidance=2, steps=4).shape
        (5, 3)
    """

    def __init__(
        self,
        network: KerasModel,
        spec: LabelSpec,
        *,
        sides: Sequence[LabelSpec] = (),
        label_dropout: float | Visibility = 0.1,
        ema: float = 0.999,
        groups: ArrayLike | None = None,
        given_share: float = 0.25,
        levels: NoiseLevels | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Check the arguments, and copy the network for the averages."""
        spec, sides = LabelSpec.from_config(spec), tuple(map(LabelSpec.from_config, sides))
        kwargs.setdefault("dtype", network.dtype_policy)
        super().__init__(name=name, autocast=False, **kwargs)
        _check_network(network, (spec, *sides))
        self.network, self.spec, self.sides = network, spec, sides
        self.averaged = keras.models.clone_model(network)
        self.averaged.trainable = False
        self._pairs = list(zip(self.averaged.weights, network.weights, strict=True))
        self.averaged.set_weights(network.get_weights())
        self.label_dropout = label_dropout
        self.visibility = _policy(label_dropout, self.labels, NUMBERS in self._network_inputs)
        if not 0 <= ema < 1 or not 0 <= given_share < 1:
            raise ValueError(
                f"ema and given_share must be in [0, 1), got {ema!r} and {given_share!r}."
            )
        self.ema, self.given_share = float(ema), float(given_share)
        d = int(np.prod(network.outputs[0].shape[1:]))
        self.given_groups = None if groups is None else [int(g) for g in np.asarray(groups)]
        set_untracked(self, "groups", np.arange(d) if groups is None else _groups(groups, d))
        self.given_levels = None if levels is None else NoiseLevels(**_as_dict(levels))
        set_untracked(self, "levels", self.given_levels or NoiseLevels())
        set_untracked(self, "_fitted", False)
        set_untracked(self, "_number_scale", None)
        set_untracked(self, "_compiled", None)
        self._draws = keras.random.SeedGenerator(name="draws")
        self.averaged_steps = self.add_weight(
            shape=(), dtype="int32", initializer="zeros", trainable=False, name="averaged_steps"
        )
        self.built = True

    def compile(self, optimizer: Identifier | None = None, **kwargs: Any) -> None:
        """Configure training as in Keras; there is one loss, and no metric.

        Args:
            optimizer: As in Keras; `None`: Adam with a falling learning rate, made by `fit`.
            **kwargs: `run_eagerly`, `steps_per_execution`, `jit_compile`, `auto_scale_loss`.
        """
        kwargs = {k: v for k, v in kwargs.items() if k not in ("loss", "metrics")}
        super().compile(optimizer=optimizer or _optimizer(10_000), **kwargs)
        set_untracked(self, "_compile_arguments", {"optimizer": self.optimizer, **kwargs})

    def get_compile_config(self) -> dict[str, Any] | None:
        """Return what `compile` was given, serialised; `None` before."""
        if not self.compiled:
            return None
        with without_tensorflow():
            return keras.saving.serialize_keras_object(self._compile_arguments)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile with what `get_compile_config` returned."""
        if config:
            with without_tensorflow():
                self.compile(**keras.saving.deserialize_keras_object(config))
            build_optimizer(self.optimizer, self.trainable_variables)

    def fit(  # type: ignore[override]
        self,
        x: Features,
        y: Labels | None = None,
        *,
        batch_size: int | None = None,
        epochs: int | None = None,
        sides: SideValues | None = None,
        numbers: ArrayLike | None = None,
        validation_data: Source | None = None,
        sample_weight: SampleWeight | None = None,
        callbacks: Sequence[Any] = (),
        seed: int = 0,
        **kwargs: Any,
    ) -> Logs:
        """Train on arrays.

        Args:
            x: float `(n, d)`, standardised columns; or pictures `(n, height, width, channels)` in
                [-1, 1].
            y: Labels: anything `LabelSpec.encode` takes; unknown ones train the unconditional
                model. `None`: all unknown.
            batch_size: Rows a step; by default more for more rows.
            epochs: Passes over the rows. `None`: as many steps as the number of rows suggests,
                and fewer where the loss of held-out rows (a tenth) rises before.
            sides: Side labels, as for `SideLabelModel.with_sides`.
            numbers: `(n, numbers)`, NaN where unknown.
            validation_data: `(x, y)` or `(x, y, sides)`: held-out rows, whose loss is reported.
            sample_weight: `(n,)`.
            callbacks: As in Keras.
            seed: Of shuffles and of the held-out tenth.
            **kwargs: `verbose`, `initial_epoch`, as in Keras.

        Returns:
            Keras's `History`.

        Raises:
            LabelError: A label does not fit, or all labels are unknown.
            ValueError: x is not finite, or has another shape than the network takes.
        """
        parts, weight = self._parts(x, y, sides, numbers, sample_weight)
        n = len(parts[CLEAN])
        if not self._fitted:
            self._settle(parts)
        parts = self._scaled_numbers(parts)
        held = None
        if validation_data is not None:
            held = self._held_out(validation_data)
        elif epochs is None and n >= 40:
            parts, weight, held = _split(parts, weight, seed)
        length = training_length(len(parts[CLEAN]), batch_size, epochs)
        if not self.compiled:
            self.compile(_optimizer(length.steps))
        rows = ShuffledRows(parts, weight, length.batch_size, length.batches, seed)
        fixed = None if held is None else FixedNoise(*held, length.batch_size, seed=seed)
        callbacks = list(callbacks)
        if epochs is None and held is not None:
            callbacks.append(KeepBest(length.patience))
        return run_checked(
            self,
            [],
            super().fit,
            rows,
            epochs=length.epochs,
            validation_data=fixed,
            callbacks=callbacks,
            shuffle=False,
            **kwargs,
        )

    def sample(
        self,
        n: int,
        known: Labels | None = None,
        *,
        sides: SideValues | None = None,
        numbers: ArrayLike | None = None,
        given: ArrayLike | None = None,
        guidance: float = 1.0,
        guidance_interval: tuple[float, float] | None = None,
        steps: int | None = None,
        seed: int | None = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
    ) -> np.ndarray:
        """Return n rows made anew.

        Args:
            n: How many, >= 1.
            known: Labels to make rows for: `{"diagnosis": "malignant"}` for all rows, or one for
                each; what is left out is unknown. `None`: the unconditional model.
            sides: Side labels, likewise.
            numbers: Numbers that condition, `(n, numbers)` or `(numbers,)`, NaN where unknown.
            given: `(n, d)` or `(d,)`, NaN where a value is to be generated; the other values come
                back as they are.
            guidance: 0 leaves the labels out, 1 follows them, above 1 exaggerates them.
            guidance_interval: Noise levels between which guidance counts; it is 1 elsewhere.
            steps: Steps of the sampler, >= 1.
            seed: Of the noise; with it the same rows come again.
            batch_size: Rows at once, at most.
            verbose: `0` shows no progress.

        Returns:
            float32 array, `(n, d)` or `(n, height, width, channels)`.

        Raises:
            LabelError: A label does not fit; the message suggests the nearest name.
            ValueError: A number is out of its range, or a shape does not fit.
        """
        n, steps = whole("n", n, 1), 20 if steps is None else whole("steps", steps, 1)
        shape = tuple(self.network.outputs[0].shape[1:])
        known_ids = [ids_of_known(known, n, self.spec), *ids_of_sides(sides, n, self.sides)]
        told = {s.input_name: ids for s, ids in zip(self.labels, known_ids, strict=True)}
        hidden = {name: np.full_like(ids, UNKNOWN) for name, ids in told.items()}
        if NUMBERS in self._network_inputs:
            told.update(self._number_inputs(numbers, n))
            hidden.update(self._number_inputs(None, n))
        elif numbers is not None:
            raise ValueError("The network has no numbers as conditions: table_network(numbers=).")
        fixed = None
        if GIVEN in self._network_inputs:
            fixed = given_columns(given, n, shape[0])
            told[GIVEN] = hidden[GIVEN] = flagged(fixed)
        elif given is not None:
            raise ValueError("The network has no input 'given': take table_network.")
        size = min(n, 1024) if batch_size is None else whole("batch_size", batch_size, 1)
        noise = np.random.default_rng(seed).standard_normal((n, *shape), np.float32)
        levels = self.levels.steps(steps)
        denoise = Guidance(
            lambda x, level: self._denoise(x, level, told, size),
            lambda x, level: self._denoise(x, level, hidden, size),
            guidance,
            guidance_interval,
        )
        bar = keras.utils.Progbar(steps) if verbose not in (0, "auto") else None
        x = noise
        for done, x in enumerate(heun_steps(denoise, noise, levels), 1):
            if bar is not None:
                bar.update(done)
        x = x.astype(np.float32)
        return x if fixed is None else np.where(np.isnan(fixed), x, fixed)

    def _denoise(
        self, x: np.ndarray, level: float, inputs: dict[str, np.ndarray], size: int
    ) -> np.ndarray:
        """Return D of all rows, in batches of one size."""
        if self._compiled is None:
            set_untracked(
                self,
                "_compiled",
                compiled_denoiser(self, lambda x: self._denoised(self.averaged, x, False)),
            )
        out = np.empty(x.shape, np.float32)
        inputs = {NOISY: x.astype(np.float32), **inputs}
        inputs[LEVEL] = np.full((len(x), 1), level, np.float32)
        for start in range(0, len(x), size):
            rows = np.arange(start, start + size).clip(max=len(x) - 1)
            found = self._compiled({key: value[rows] for key, value in inputs.items()})
            out[start : start + size] = found[: len(x) - start]
        return out

    def _parts(
        self,
        x: Features,
        y: Labels | None,
        sides: SideValues | None,
        numbers: ArrayLike | None,
        weight: SampleWeight | None,
        what: str = "x",
    ) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
        """Return the arrays that a batch is cut of, checked."""
        shape = tuple(self.network.outputs[0].shape[1:])
        array = np.asarray(feature_arrays(x))
        if array.ndim != len(shape) + 1 or array.shape[1:] != shape or not len(array):
            raise ValueError(f"{what} must be of shape {('n', *shape)}, n >= 1, got {array.shape}.")
        array = array.astype(np.float32)
        check_finite(array, what)
        n = len(array)
        if y is None:
            ids = np.full((n, *self.spec.shape), UNKNOWN, np.int32)
        else:
            ids = self.spec.encode(y, soft="nearest", cells=self.spec.id_cells)
            if (ids == UNKNOWN).all():
                raise LabelError(
                    f"Every label of {self.spec.name!r} is unknown: nothing would be conditioned. "
                    "Leave y out to train without labels."
                )
        if len(ids) != n:
            raise ValueError(f"y has {len(ids)} rows, {what} has {n}.")
        parts = {CLEAN: array, self.spec.input_name: ids}
        for side, found in zip(self.sides, ids_of_sides(sides, n, self.sides), strict=True):
            parts[side.input_name] = found
        if NUMBERS in self._network_inputs:
            parts[NUMBERS] = numbers_of_rows(numbers, n, self._number_count)
        if weight is not None:
            weight = np.asarray(weight, np.float32)
            if weight.shape != (n,) or not np.isfinite(weight).all() or (weight < 0).any():
                raise ValueError(f"sample_weight must be {n} finite numbers >= 0.")
        return parts, weight

    def _held_out(self, data: Source) -> tuple[dict[str, np.ndarray], None]:
        x, y, *rest = data
        parts, _ = self._parts(x, y, rest[0] if rest else None, None, None, "validation_data")
        return self._scaled_numbers(parts), None

    @property
    def _number_count(self) -> int:
        found = {tensor.name: tensor for tensor in self.network.inputs}
        return int(found[NUMBERS].shape[1]) // 2 if NUMBERS in found else 0

    def _settle(self, parts: dict[str, np.ndarray]) -> None:
        """Take the scales of x and of the numbers from the first rows."""
        if self.given_levels is None:
            spread = float(parts[CLEAN].std()) or 1.0
            set_untracked(self, "levels", NoiseLevels(data=spread))
        if NUMBERS in parts:
            with np.errstate(invalid="ignore"):
                mean, std = np.nanmean(parts[NUMBERS], 0), np.nanstd(parts[NUMBERS], 0)
            std = np.where(std > 0, std, 1)
            set_untracked(self, "_number_scale", [mean.tolist(), std.tolist()])
        set_untracked(self, "_fitted", True)
        set_untracked(self, "_compiled", None)

    def _number_inputs(self, numbers: ArrayLike | None, rows: int) -> dict[str, np.ndarray]:
        parts = {NUMBERS: numbers_of_rows(numbers, rows, self._number_count)}
        return self._scaled_numbers(parts)

    def _scaled_numbers(self, parts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        if NUMBERS not in parts:
            return parts
        mean, std = self._number_scale or (0.0, 1.0)
        scaled = (parts[NUMBERS] - np.float32(mean)) / np.float32(std)
        return {**parts, NUMBERS: flagged(scaled)}

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, serialised, and the scales that `fit` took."""
        dropout = self.label_dropout
        return {
            "name": self.name,
            "dtype": keras.saving.serialize_keras_object(self.dtype_policy),
            "network": keras.saving.serialize_keras_object(self.network),
            "spec": self.spec.get_config(),
            "sides": [side.get_config() for side in self.sides],
            "label_dropout": dropout
            if isinstance(dropout, float | int)
            else keras.saving.serialize_keras_object(dropout),
            "ema": self.ema,
            "groups": self.given_groups,
            "given_share": self.given_share,
            "levels": None if self.given_levels is None else _as_dict(self.given_levels),
            "settled": [_as_dict(self.levels), self._number_scale] if self._fitted else None,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> ConditionalDiffusion:
        """Return the model that `get_config` described."""
        config = dict(config)
        settled = config.pop("settled", None)
        for key in ("dtype", "network", "label_dropout"):
            if isinstance(config.get(key), dict):
                config[key] = keras.saving.deserialize_keras_object(config[key], custom_objects)
        if config.get("levels"):
            config["levels"] = NoiseLevels(**config["levels"])
        model = cls(**config)
        if settled:
            set_untracked(model, "levels", NoiseLevels(**settled[0]))
            set_untracked(model, "_number_scale", settled[1])
            set_untracked(model, "_fitted", True)
        return model


def _as_dict(levels: NoiseLevels) -> dict[str, float]:
    return {
        k: float(getattr(levels, k)) for k in ("data", "low", "high", "rho", "median", "spread")
    }


def _optimizer(steps: int) -> Any:
    warm = max(steps // 20, 1)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, max(steps - warm, 1), warmup_target=2e-3, warmup_steps=warm, alpha=0.01
    )
    return keras.optimizers.AdamW(rate, weight_decay=1e-4, clipnorm=1.0)


def _policy(dropout: float | Visibility, labels: Sequence[LabelSpec], numbers: bool) -> Visibility:
    if isinstance(dropout, Visibility):
        return dropout
    if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout < 1:
        raise ValueError(
            f"label_dropout is a probability in [0, 1) or a visibility, got {dropout!r}."
        )
    one = len(labels) == 1 and not labels[0].shape and not numbers
    return Masked(dropout) if one else MaskedRows(dropout)


def _groups(groups: ArrayLike, d: int) -> np.ndarray:
    array = np.asarray(groups)
    if array.shape != (d,):
        raise ValueError(f"groups must be one number for each of the {d} columns, got {array}.")
    return np.unique(array, return_inverse=True)[1].astype(np.int32)


def _check_network(network: KerasModel, labels: Sequence[LabelSpec]) -> None:
    found = [tensor.name for tensor in network.inputs]
    wanted = [NOISY, LEVEL, *(spec.input_name for spec in labels)]
    if len(set(wanted)) < len(wanted):
        raise ValueError(f"Label and side labels need different names, got {wanted[2:]}.")
    missing = [name for name in wanted if name not in found]
    strange = [name for name in found if name not in (*wanted, GIVEN, NUMBERS)]
    if missing or strange:
        raise ValueError(
            f"The network has the inputs {found}; expected {wanted}, and {GIVEN!r} and {NUMBERS!r} "
            f"if you like (missing: {missing}; not known: {strange})."
        )
    if len(network.outputs) != 1 or tuple(network.outputs[0].shape) != tuple(
        next(t for t in network.inputs if t.name == NOISY).shape
    ):
        raise ValueError("The network must have one output of the shape of its input 'noisy'.")


def _split(
    parts: dict[str, np.ndarray], weight: np.ndarray | None, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray | None, tuple[Any, Any]]:
    """Hold out a tenth of the rows."""
    n = len(parts[CLEAN])
    order = np.random.default_rng(seed).permutation(n)
    held, kept = order[: max(n // 10, 1)], order[max(n // 10, 1) :]
    one, other = ({k: v[at] for k, v in parts.items()} for at in (kept, held))
    weights = (None, None) if weight is None else (weight[kept], weight[held])
    return one, weights[0], (other, weights[1])
