"""Noise levels of a diffusion and the preconditioning of its network (EDM); no Keras."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from labelfeed.types import Tensor

__all__ = ["NoiseLevels"]


@dataclasses.dataclass(frozen=True)
class NoiseLevels:
    """Which noise levels are trained and sampled, and how the network is scaled at each.

    The denoiser is `D(x; s) = skip(s) x + out(s) F(scale(s) x; ln(s) / 4)`: input and target of the
    network F have unit variance at every level s. All levels are in units of `data`, the standard
    deviation of x.

    Args:
        data: Standard deviation of x, > 0.
        low: Lowest noise level of sampling, > 0.
        high: Highest, where sampling starts.
        rho: How much denser the levels lie near `low`, >= 1.
        median: Median of the levels drawn in training.
        spread: Standard deviation of their natural logarithm.

    Raises:
        ValueError: A number is out of its range.

    References:
        Karras et al. 2022, Elucidating the design space of diffusion-based generative models.

    Example:
        >>> NoiseLevels().steps(4).round(3).tolist()
        [20.0, 2.399, 0.162, 0.004, 0.0]
    """

    data: float = 1.0
    low: float = 0.004
    high: float = 20.0
    rho: float = 10.0
    median: float = 0.6
    spread: float = 1.2

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name, value in dataclasses.asdict(self).items():
            if not (np.isfinite(value) and value > 0):
                raise ValueError(f"{name} of the noise levels must be a number > 0, got {value!r}.")
        if self.low >= self.high or self.rho < 1:
            raise ValueError(
                f"The noise levels need low < high and rho >= 1, got low={self.low}, "
                f"high={self.high}, rho={self.rho}."
            )

    def steps(self, count: int) -> np.ndarray:
        """Return the levels of `count` steps, float64 `(count + 1,)`, falling, 0 at the end."""
        at = np.linspace(0, 1, max(count, 2))[:count]
        high, low = (np.float64(v * self.data) ** (1 / self.rho) for v in (self.high, self.low))
        return np.append((high + at * (low - high)) ** self.rho, 0.0)

    def of_normal(self, normal: Tensor, exp: Callable[[Tensor], Tensor] = np.exp) -> Tensor:
        """Return training levels of standard normal numbers; `exp` is that of the tensors."""
        return self.data * self.median * exp(self.spread * normal)

    def skip(self, level: Tensor) -> Tensor:
        """Return how much of the noisy x is in the output."""
        return self.data**2 / (level**2 + self.data**2)

    def out(self, level: Tensor) -> Tensor:
        """Return the scale of the network's output."""
        return level * self.data * (level**2 + self.data**2) ** -0.5

    def scale(self, level: Tensor) -> Tensor:
        """Return the scale of the network's input."""
        return (level**2 + self.data**2) ** -0.5

    def weight(self, level: Tensor) -> Tensor:
        """Return the weight of the squared error of D, with which that of F counts once."""
        return (level**2 + self.data**2) / (level * self.data) ** 2
