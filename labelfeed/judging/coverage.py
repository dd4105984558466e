"""Alpha-precision and beta-recall: do rows fall where real ones do, and everywhere they do?"""

from __future__ import annotations

import dataclasses

import numpy as np
from sklearn.neighbors import NearestNeighbors

from labelfeed.results import Result

__all__ = ["Coverage", "coverage"]

_LEVELS = np.linspace(0, 1, 31)


@dataclasses.dataclass(frozen=True)
class Coverage(Result):
    """Two figures in [0, 1] of one set of rows against real ones.

    Attributes:
        precision: Integrated alpha-precision: do the rows fall where real ones do, neither outside
            nor all in the middle?
        recall: Integrated beta-recall: is every kind of real row there?
    """

    precision: float
    recall: float


def coverage(real: np.ndarray, synthetic: np.ndarray) -> Coverage:
    """Return integrated alpha-precision and beta-recall.

    Spheres are drawn around the mean of the vectors as they are, without the embedding that the
    paper learns first: with few rows it is one source of noise more, and none was trained on them.
    Beta-recall is about 1/2 for as many rows of the same distribution (the nearest row is a
    synthetic one every second time): read it beside that of other real rows.

    Reference: Alaa et al. (2022), How faithful is your synthetic data?

    Args:
        real: Vectors `(n, d)` of real rows, 2 at least.
        synthetic: Vectors `(m, d)`.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> found = coverage(rng.normal(size=(400, 2)), np.zeros((400, 2)))
        >>> found.precision < 0.1, found.recall < 0.1
        (True, True)
    """
    centre = real.mean(axis=0)
    radii = np.quantile(np.linalg.norm(real - centre, axis=1), _LEVELS)
    distances = np.linalg.norm(synthetic - centre, axis=1)
    inside = (distances[None, :] <= radii[:, None]).mean(axis=1)
    own = NearestNeighbors(n_neighbors=1).fit(real).kneighbors()[0][:, 0]
    to_synthetic = NearestNeighbors(n_neighbors=1).fit(synthetic)
    far, at = (found[:, 0] for found in to_synthetic.kneighbors(real))
    middle = synthetic.mean(axis=0)
    outwards = np.linalg.norm(synthetic - middle, axis=1)
    reach = np.quantile(outwards, _LEVELS)
    near = far <= own
    covered = (near[None, :] & (outwards[at][None, :] <= reach[:, None])).mean(axis=1)
    return Coverage(_agreement(inside), _agreement(covered))


def _agreement(curve: np.ndarray) -> float:
    """Return 1 where the share found is the share asked for at each level."""
    return float(1 - np.abs(curve - _LEVELS).sum() / _LEVELS.sum())
