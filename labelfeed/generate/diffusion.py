"""`ConditionalDiffusion`: rows or pictures made anew, for the labels that are asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from labelfeed.generate.arrays import held_out_tenth, weights_of_rows
from labelfeed.generate.checks import (
    check_denoiser,
    column_groups,
    dropout_policy,
    levels_of,
    number_scale,
)
from labelfeed.generate.held_out import HeldOutModel
from labelfeed.generate.networks import NUMBERS
from labelfeed.generate.noise import NoiseLevels
from labelfeed.generate.rows import CLEAN, EpochOf, FixedNoise, ShuffledRows
from labelfeed.generate.seen import Seen
from labelfeed.generate.training import (
    DEFAULT_STEPS,
    LEAST_HELD_OUT,
    KeepBest,
    falling_adamw,
    training_length,
)
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.keras_private import build_optimizer, set_untracked, without_tensorflow
from labelfeed.models.resuming import Resume
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
from labelfeed.visibility.policies import Visibility

__all__ = ["ConditionalDiffusion"]


@keras.saving.register_keras_serializable(package="labelfeed")
class ConditionalDiffusion(HeldOutModel):
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
        check_denoiser(network, (spec, *sides))
        self.network, self.spec, self.sides = network, spec, sides
        self.averaged = keras.models.clone_model(network)
        self.averaged.trainable = False
        self._pairs = list(zip(self.averaged.weights, network.weights, strict=True))
        self.averaged.set_weights(network.get_weights())
        self.label_dropout = label_dropout
        self.visibility = dropout_policy(label_dropout, self.labels, self._number_count)
        if not 0 <= ema < 1 or not 0 <= given_share < 1:
            raise ValueError(
                f"ema and given_share must be in [0, 1), got {ema!r} and {given_share!r}."
            )
        self.ema, self.given_share = float(ema), float(given_share)
        d = int(np.prod(network.outputs[0].shape[1:]))
        self.given_groups = None if groups is None else [int(g) for g in np.asarray(groups)]
        set_untracked(self, "groups", column_groups(groups, d))
        self.given_levels = levels
        set_untracked(self, "_levels", None)
        set_untracked(self, "_number_scale", None)
        set_untracked(self, "seen", Seen())
        set_untracked(self, "_compiled", None)
        self._draws = keras.random.SeedGenerator(name="draws")
        self.averaged_steps = self.add_weight(
            shape=(), dtype="int32", initializer="zeros", trainable=False, name="averaged_steps"
        )
        self.built = True

    def compile(self, optimizer: Identifier | None = None, **kwargs: Any) -> None:
        """Configure training as in Keras; there is one loss, and no metric.

        Args:
            optimizer: As in Keras; `None`: AdamW, whose learning rate rises and falls over each
                `fit`.
            **kwargs: `run_eagerly`, `steps_per_execution`, `jit_compile`, `auto_scale_loss`.
        """
        if strange := {"loss", "metrics", "weighted_metrics", "loss_weights"} & set(kwargs):
            raise ValueError(f"The loss of a diffusion is its own: leave out {sorted(strange)}.")
        super().compile(optimizer=optimizer or falling_adamw(DEFAULT_STEPS), **kwargs)
        set_untracked(self, "_compile_arguments", {"optimizer": optimizer, **kwargs})

    def fit(
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
                [-1, 1]. A table works too.
            y: Labels: anything `LabelSpec.encode` takes; rows of unknown ones train the
                unconditional model. `None`: all unknown.
            batch_size: Rows a step; by default more for more rows.
            epochs: Passes over the rows. `None`: as many steps as the number of rows suggests,
                and fewer where the loss of a held-out tenth rises before.
            sides: Side labels, as for `SideLabelModel.with_sides`.
            numbers: Numbers that condition, `(n, numbers)`, NaN where unknown.
            validation_data: `(x, y)`, `(x, y, sides)` or `(x, y, sides, numbers)`: held-out rows
                in the place of that tenth; their loss is reported.
            sample_weight: `(n,)`, >= 0.
            callbacks: As in Keras; `labelfeed.models.Resume` last.
            seed: Of the shuffles, and of the held-out tenth.
            **kwargs: `verbose`, `initial_epoch`, as in Keras.

        Returns:
            Keras's `History`.

        Raises:
            LabelError: A label does not fit, or all labels are unknown.
            ValueError: x is not finite, or has another shape than the network takes.
        """
        parts = self._row_parts(x, y, sides, numbers)
        weight, held, held_weight = weights_of_rows(sample_weight, len(parts[CLEAN])), None, None
        self._settle(parts)
        if validation_data is not None:
            names = ("x", "y", "sides", "numbers")
            given = dict.fromkeys(names) | dict(zip(names, validation_data, strict=False))
            held = self._row_parts(*given.values(), what="validation_data")
        elif epochs is None and len(parts[CLEAN]) >= LEAST_HELD_OUT:
            parts, weight, held, held_weight = held_out_tenth(parts, weight, seed)
        length = training_length(len(parts[CLEAN]), batch_size, epochs)
        if not self.compiled or self._compile_arguments["optimizer"] is None:
            arguments = self._compile_arguments if self.compiled else {}
            self.compile(**{**arguments, "optimizer": falling_adamw(length.steps)})
            set_untracked(self, "_compile_arguments", {**arguments, "optimizer": None})
        rows = ShuffledRows(self._inputs_of(parts), weight, length.batch_size, length.batches, seed)
        fixed = None
        if held is not None:
            fixed = FixedNoise(self._inputs_of(held), held_weight, length.batch_size, seed=seed)
        best = [KeepBest(length.patience)] if held is not None and epochs is None else []
        for resume in (one for one in callbacks if isinstance(one, Resume)):
            resume.beside += tuple(best)
        callbacks = [EpochOf(rows), *best, *callbacks]  # a `Resume` stands last
        options = {"epochs": length.epochs, "callbacks": callbacks, "validation_data": fixed}
        return run_checked(self, [], super().fit, rows, shuffle=False, **options, **kwargs)

    def _settle(self, parts: dict[str, np.ndarray]) -> None:
        """Take the scales from the first rows, and note which labels there are."""
        if self._levels is None:
            levels = levels_of(parts[CLEAN])
            set_untracked(self, "_levels", self.given_levels or levels)
            if NUMBERS in parts:
                set_untracked(self, "_number_scale", number_scale(parts[NUMBERS]))
            set_untracked(self, "_compiled", None)  # the scale is a constant of it
        dropout = self.label_dropout != 0
        seen = Seen.of(self.labels, parts, dropout)
        set_untracked(self, "seen", self.seen.plus(seen))

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

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, serialised, and what `fit` has noted."""
        dropout = self.label_dropout
        if isinstance(dropout, Visibility):
            dropout = keras.saving.serialize_keras_object(dropout)
        return {
            "name": self.name,
            "dtype": keras.saving.serialize_keras_object(self.dtype_policy),
            "network": keras.saving.serialize_keras_object(self.network),
            "spec": self.spec.get_config(),
            "sides": [side.get_config() for side in self.sides],
            "label_dropout": dropout,
            "ema": self.ema,
            "groups": self.given_groups,
            "given_share": self.given_share,
            "levels": self.given_levels and dataclasses.asdict(self.given_levels),
            "noted": {
                "levels": self._levels and dataclasses.asdict(self._levels),
                "number_scale": self._number_scale,
                "seen": self.seen.get_config(),
            },
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> ConditionalDiffusion:
        """Return the model that `get_config` described."""
        config = dict(config)
        noted = config.pop("noted", None)
        for key in ("dtype", "network", "label_dropout"):
            if isinstance(config.get(key), dict):
                config[key] = keras.saving.deserialize_keras_object(config[key], custom_objects)
        config["levels"] = config.get("levels") and NoiseLevels(**config["levels"])
        model = cls(**config)
        if noted:
            levels = noted["levels"] and NoiseLevels(**noted["levels"])
            set_untracked(model, "_levels", levels)
            set_untracked(model, "_number_scale", noted["number_scale"])
            set_untracked(model, "seen", Seen(**noted["seen"]))
        return model
