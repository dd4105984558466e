"""Rows of a trained diffusion: what is asked for made arrays, then the sampler's steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

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
from labelfeed.generate.progress import steps_shown
from labelfeed.generate.sampler import Guidance, denoising_steps
from labelfeed.generate.seen import Seen
from labelfeed.generate.steps import DiffusionSteps
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.models.keras_private import set_untracked
from labelfeed.types import ArrayLike, Labels, SideValues

__all__ = ["STEPS", "SamplingModel"]

STEPS = 30  # each a run of the network, two with guidance
_AT_ONCE = 1024  # rows


class SamplingModel(DiffusionSteps):
    """The sampling of `ConditionalDiffusion`.

    Attributes:
        seen: Which labels training has met.
    """

    seen: Seen
    _number_scale: Any
    _compiled: Callable[[dict[str, np.ndarray]], np.ndarray] | None

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
            known: Labels to make rows for, as of `predict(known=)`: `{"diagnosis": "malignant"}`
                for all rows, or one for each. What is left out is unknown; `None` is the
                unconditional model. Of a soft label, `{"diagnosis": {"malignant": 0.7}}`, each row
                draws its own.
            sides: Side labels, likewise.
            numbers: Numbers that condition, `(n, numbers)` or `(numbers,)`, NaN where unknown.
            given: `(n, d)` or `(d,)`, NaN where a value is to be generated; the other values come
                back as they are.
            guidance: 0 leaves labels, side labels and numbers out, 1 follows them, above 1
                exaggerates them.
            guidance_interval: Noise levels `(low, high)` between which guidance counts; it is 1
                elsewhere.
            steps: Steps of the sampler, >= 1; 30 by default.
            seed: Of the noise; with it the same rows come again.
            batch_size: Rows at once; 1,024 by default.
            verbose: 0 shows no progress, 1 does, `"auto"` does on a terminal.

        Returns:
            float32 array, `(n, d)` or `(n, height, width, channels)`.

        Raises:
            LabelError: A label does not fit; the message suggests the nearest name.
            ValueError: A number is out of its range, a shape does not fit, or training has never
                met what is asked for.

        Example:
            >>> from labelfeed import LabelSpec
            >>> from labelfeed.generate import ConditionalDiffusion, table_network
            >>> spec = LabelSpec.single(["cat", "dog"], name="kind")
            >>> model = ConditionalDiffusion(table_network(2, spec, width=8, depth=1), spec)
            >>> history = model.fit(np.random.randn(8, 2), [0, 1] * 4, epochs=1, verbose=0)
            >>> model.sample(3, {"kind": "Dog"}, given=[1.5, np.nan], seed=0)[:, 0].tolist()
            [1.5, 1.5, 1.5]
        """
        n, steps = whole("n", n, 1), STEPS if steps is None else whole("steps", steps, 1)
        asked = self._conditions(n, known, sides, numbers, given, seed)
        hidden = self._conditions(n, None, None, None, given, seed)
        if self._levels is None:
            raise ValueError("This diffusion has not been trained: call fit first.")
        self._check_trained(asked, guidance)
        denoise = Guidance(
            self._denoiser_of(asked, n, batch_size),
            self._denoiser_of(hidden, n, batch_size),
            guidance,
            guidance_interval,
        )
        shape = (n, *self.network.outputs[0].shape[1:])
        noise = np.random.default_rng(seed).standard_normal(shape, np.float32)
        walk = denoising_steps(denoise, noise, self.levels.steps(steps))
        *_, x = steps_shown(walk, steps, verbose)
        x = x.astype(np.float32)
        if GIVEN not in asked:
            return x
        values, flags = np.split(asked[GIVEN], 2, axis=1)
        return np.where(flags > 0, values, x)

    def predict(self, *args: object, **kwargs: object) -> NoReturn:
        """Raise: a diffusion makes rows and predicts nothing of rows that are there."""
        raise TypeError(
            "A diffusion makes rows, it predicts none: model.sample(n, known=...). What it makes "
            "of noisy rows is model.denoiser(n)(x, level)."
        )

    def denoiser(
        self,
        n: int,
        known: Labels | None = None,
        *,
        sides: SideValues | None = None,
        numbers: ArrayLike | None = None,
        given: ArrayLike | None = None,
        seed: int | None = None,
        batch_size: int | None = None,
    ) -> Callable[[np.ndarray, float], np.ndarray]:
        """Return `D(x, level)`: the expected clean x of n noisy rows, given what is known.

        For samplers of your own: `Guidance` mixes two of them, `denoising_steps` goes down
        with one.

        Args:
            n: Rows of x.
            known: As for `sample`; so are the others.
            sides: Side labels.
            numbers: Numbers that condition.
            given: Columns that are given.
            seed: Of the draws from soft labels.
            batch_size: Rows at once.
        """
        n = whole("n", n, 1)
        asked = self._conditions(n, known, sides, numbers, given, seed)
        return self._denoiser_of(asked, n, batch_size)

    def _conditions(
        self,
        n: int,
        known: Labels | None,
        sides: SideValues | None,
        numbers: ArrayLike | None,
        given: ArrayLike | None,
        seed: int | None,
    ) -> dict[str, np.ndarray]:
        """Return the inputs of the network for what is asked, by name."""
        ids = [ids_of_known(known, n, self.spec, seed), *ids_of_sides(sides, n, self.sides)]
        found = {s.input_name: own for s, own in zip(self.labels, ids, strict=True)}
        if NUMBERS in self._network_inputs:
            found[NUMBERS] = self._flagged_numbers(numbers, n)
        elif numbers is not None:
            raise ValueError("The network takes no numbers: make it with numbers= of them.")
        if GIVEN in self._network_inputs:
            found[GIVEN] = flagged(given_columns(given, n, self.network.outputs[0].shape[1]))
        elif given is not None:
            raise ValueError(
                "The network has no input 'given', so no value can be: take table_network."
            )
        return found

    def _flagged_numbers(self, numbers: ArrayLike | None, rows: int) -> np.ndarray:
        """Return numbers in standard units with flags, `(rows, 2 numbers)`."""
        mean, spread = self._number_scale or (0.0, 1.0)
        values = numbers_of_rows(numbers, rows, self._number_count)
        return flagged((values - np.float32(mean)) / np.float32(spread))

    @property
    def _number_count(self) -> int:
        found = {tensor.name: tensor for tensor in self.network.inputs}
        return int(found[NUMBERS].shape[1]) // 2 if NUMBERS in found else 0

    def _check_trained(self, asked: dict[str, np.ndarray], guidance: float) -> None:
        """Raise where an answer would come of weights that nothing has trained."""
        unknown = guidance != 1
        for spec in self.labels:
            ids = asked[spec.input_name]
            self.seen.check(spec, ids)
            unknown |= bool((ids == UNKNOWN).any())
        if unknown and not self.seen.hidden:
            raise ValueError(
                "This model was trained with label_dropout=0 on known labels alone, so it has no "
                "unconditional part: name every label and leave guidance at 1, or train with "
                "label_dropout=0.1."
            )

    def _denoiser_of(
        self, inputs: dict[str, np.ndarray], n: int, batch_size: int | None
    ) -> Callable[[np.ndarray, float], np.ndarray]:
        size = min(n, _AT_ONCE) if batch_size is None else whole("batch_size", batch_size, 1)
        run = self._compiled or compiled_denoiser(self, self._clean_of)
        set_untracked(self, "_compiled", run)

        def denoise(x: np.ndarray, level: float) -> np.ndarray:
            """Return D of all rows, in batches of one size, the last one filled up."""
            if len(x) != n:
                raise ValueError(f"This denoiser takes {n} rows, got {len(x)}.")
            out = np.empty(x.shape, np.float32)
            given = {NOISY: np.asarray(x, np.float32), **inputs}
            given[LEVEL] = np.full((n, 1), level, np.float32)
            for start in range(0, n, size):
                rows = np.arange(start, start + size).clip(max=n - 1)
                clean = run({key: value[rows] for key, value in given.items()})
                out[start : start + size] = clean[: n - start]
            return out

        return denoise

    def _clean_of(self, inputs: dict[str, Any]) -> Any:
        return self._denoised(self.averaged, inputs, False)
