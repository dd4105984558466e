"""From noise to rows: Heun's method in few steps, with guidance; NumPy alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

__all__ = ["Guidance", "heun_steps"]

Denoise = Callable[[np.ndarray, float], np.ndarray]


class Guidance:
    """Mix two denoisers: `D = D_unknown + weight (D_known - D_unknown)`.

    A weight of 0 or 1 runs one of them alone, so that its numbers are the very same.

    Args:
        known: `D(x, level)` that reads the labels.
        unknown: The one that does not.
        weight: 0 leaves the labels out, 1 follows them, above 1 exaggerates them; >= 0.
        interval: Noise levels `(low, high)` between which the weight counts; it is 1 elsewhere.

    References:
        Ho and Salimans 2022, Classifier-free diffusion guidance; Kynkaanniemi et al. 2024, Applying
        guidance in a limited interval improves sample and distribution quality.
    """

    def __init__(
        self,
        known: Denoise,
        unknown: Denoise,
        weight: float = 1.0,
        interval: tuple[float, float] | None = None,
    ) -> None:
        """Check weight and interval."""
        if not (np.isfinite(weight) and weight >= 0):
            raise ValueError(
                f"guidance must be a number >= 0, got {weight!r}: 0 leaves the labels out, 1 "
                "follows them, above 1 exaggerates them."
            )
        if interval is not None:
            fits = np.shape(interval) == (2,) and 0 <= interval[0] < interval[1]
            if not fits:
                raise ValueError(
                    "guidance_interval must be two noise levels (low, high) with 0 <= low < high, "
                    f"got {interval!r}."
                )
        self.known, self.unknown, self.weight = known, unknown, float(weight)
        self.interval = interval

    def __call__(self, x: np.ndarray, level: float) -> np.ndarray:
        """Return the denoised x."""
        inside = self.interval is None or self.interval[0] <= level <= self.interval[1]
        weight = self.weight if inside else 1.0
        if weight == 0:
            return self.unknown(x, level)
        if weight == 1:
            return self.known(x, level)
        unknown = self.unknown(x, level)
        return unknown + weight * (self.known(x, level) - unknown)


def heun_steps(denoise: Denoise, noise: np.ndarray, levels: np.ndarray) -> Iterator[np.ndarray]:
    """Yield x after each step from the highest noise level down to 0.

    Args:
        denoise: `D(x, level)`, the expected clean x given x at a noise level.
        noise: Standard normal `(n, ...)`.
        levels: Noise levels `(steps + 1,)`, falling, 0 at the end.

    Yields:
        float64 `(n, ...)`; the last is the sample.

    References:
        Karras et al. 2022, Elucidating the design space of diffusion-based generative models.

    Example:
        >>> from labelfeed.generate.noise import NoiseLevels
        >>> data_is_zero = lambda x, level: np.zeros_like(x)
        >>> *_, x = heun_steps(data_is_zero, np.ones((1, 2)), NoiseLevels().steps(5))
        >>> x.tolist()
        [[0.0, 0.0]]
    """
    x = np.asarray(noise, np.float64) * levels[0]
    for level, after in itertools.pairwise(levels):
        slope = (x - denoise(x, level)) / level
        ahead = x + (after - level) * slope
        if after > 0:
            slope = (slope + (ahead - denoise(ahead, after)) / after) / 2
            ahead = x + (after - level) * slope
        x = ahead
        yield x
