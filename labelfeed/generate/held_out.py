"""The loss of rows that were not trained on: how well noise is taken away from them."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.generate.arrays import row_parts, weights_of_rows
from labelfeed.generate.networks import NUMBERS
from labelfeed.generate.rows import CLEAN, FixedNoise
from labelfeed.generate.sampling import SamplingModel
from labelfeed.models.keras_private import cached_evaluation
from labelfeed.types import ArrayLike, Features, Labels, Logs, SampleWeight, SideValues

__all__ = ["HeldOutModel"]


class HeldOutModel(SamplingModel):
    """The evaluation of `ConditionalDiffusion`."""

    def evaluate(
        self,
        x: Features,
        y: Labels | None = None,
        *args: Any,
        sides: SideValues | None = None,
        numbers: ArrayLike | None = None,
        sample_weight: SampleWeight | None = None,
        batch_size: int | None = None,
        seed: int = 0,
        **kwargs: Any,
    ) -> Logs:
        """Return the denoising loss of rows; every known label is shown.

        The noise is fixed by the seed and covers all levels, so that losses can be compared.

        Args:
            x: Rows or pictures, as for `fit`.
            y: Labels.
            *args: As in Keras.
            sides: Side labels.
            numbers: Numbers that condition.
            sample_weight: `(n,)`.
            batch_size: Rows a step; 256 by default.
            seed: Of the noise.
            **kwargs: As in Keras.
        """
        if cached_evaluation(kwargs):  # `fit` has made batches of its held-out rows already
            weight = {"sample_weight": sample_weight, "batch_size": batch_size}
            return super().evaluate(x, y, *args, **weight, **kwargs)
        parts = self._row_parts(x, y, sides, numbers)
        weights = weights_of_rows(sample_weight, len(parts[CLEAN]))
        rows = FixedNoise(self._inputs_of(parts), weights, batch_size or 256, seed=seed)
        return super().evaluate(rows, *args, **kwargs)

    def _row_parts(self, *given: Any, what: str = "x") -> dict[str, np.ndarray]:
        return row_parts(
            *given,
            shape=tuple(self.network.outputs[0].shape[1:]),
            spec=self.spec,
            side_specs=self.sides,
            number_count=self._number_count,
            what=what,
        )

    def _inputs_of(self, parts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return what batches are cut of: numbers in standard units, with flags."""
        if NUMBERS not in parts:
            return parts
        numbers = self._flagged_numbers(parts[NUMBERS], len(parts[NUMBERS]))
        return {**parts, NUMBERS: numbers}
