"""Generators of labelled rows beside ours: what each makes of training rows, by class.

Each takes training rows, their classes and a seed, and returns a function of the classes that are
asked for, which returns rows and their classes. Who cannot be asked (CTGAN, TVAE) draws rows with a
class of their own until there are enough of each.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity, NearestNeighbors

from benchmarks.generate_data import frame_of

__all__ = ["PEERS", "Sampler", "bootstrap", "copy", "ctgan", "mixture", "smote", "tvae"]

Sampler: TypeAlias = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
_NEIGHBOURS = 5
_COMPONENTS = (1, 2, 3, 5, 8, 12)
_BANDWIDTHS = np.geomspace(0.02, 1.5, 12)
_LEAST_STEPS = 3000  # of a network: CTGAN's 300 epochs are 300 steps on a few hundred rows
_DRAWS = 25


def smote(x: np.ndarray, y: np.ndarray, seed: int) -> Sampler:
    """Points between a row and one of its five nearest of its class (Chawla et al. 2002)."""
    shift, scale = _standard(x)
    rng = np.random.default_rng(seed)
    near: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for c in np.unique(y):
        at = np.flatnonzero(y == c)
        k = min(_NEIGHBOURS, len(at) - 1)
        z = (x[at] - shift) / scale
        found = NearestNeighbors(n_neighbors=k).fit(z).kneighbors()[1] if k else None
        near[int(c)] = (at, np.zeros((len(at), 1), int) if found is None else found)

    def rows(wanted: np.ndarray) -> np.ndarray:
        out = np.empty((len(wanted), x.shape[1]))
        for c in np.unique(wanted):
            at, neighbours = near[int(c)]
            places = np.flatnonzero(wanted == c)
            base = rng.integers(0, len(at), len(places))
            other = neighbours[base, rng.integers(0, neighbours.shape[1], len(places))]
            share = rng.random((len(places), 1))
            out[places] = x[at[base]] + share * (x[at[other]] - x[at[base]])
        return out

    return lambda wanted: (rows(wanted), wanted)


def mixture(x: np.ndarray, y: np.ndarray, seed: int) -> Sampler:
    """A Gaussian mixture for each class: components and kind of covariance by BIC."""
    shift, scale = _standard(x)
    made: dict[int, GaussianMixture] = {}
    for c in np.unique(y):
        z = (x[y == c] - shift) / scale
        tried = []
        for kind in ("full", "diag"):
            for count in _COMPONENTS:
                if count * 5 > len(z) and count > 1:
                    continue
                one = GaussianMixture(
                    count, covariance_type=kind, reg_covar=1e-4, random_state=seed
                )
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    tried.append(one.fit(z))
                if kind == "full" and len(tried) > 2 and tried[-1].bic(z) > tried[-2].bic(z):
                    break
        made[int(c)] = min(tried, key=lambda m: m.bic(z))
        made[int(c)].random_state = np.random.RandomState(seed)
    rng = np.random.default_rng(seed)

    def rows(wanted: np.ndarray) -> np.ndarray:
        out = np.empty((len(wanted), x.shape[1]))
        for c in np.unique(wanted):
            places = np.flatnonzero(wanted == c)
            drawn, _ = made[int(c)].sample(len(places))
            out[places] = rng.permutation(drawn) * scale + shift
        return out

    return lambda wanted: (rows(wanted), wanted)


def bootstrap(x: np.ndarray, y: np.ndarray, seed: int) -> Sampler:
    """Training rows of the class with noise, whose width has the best held-out likelihood."""
    shift, scale = _standard(x)
    rng = np.random.default_rng(seed)
    widths = {}
    for c in np.unique(y):
        z = (x[y == c] - shift) / scale
        z = rng.permutation(z)[:1000]
        folds = min(5, len(z))
        if folds < 2:
            widths[int(c)] = 0.1
            continue
        search = GridSearchCV(KernelDensity(), {"bandwidth": _BANDWIDTHS}, cv=folds).fit(z)
        widths[int(c)] = float(search.best_params_["bandwidth"])

    def rows(wanted: np.ndarray) -> np.ndarray:
        base = _of_class(x, y, wanted, rng)
        width = np.array([widths[int(c)] for c in wanted])[:, None]
        return base + width * scale * rng.normal(size=base.shape)

    return lambda wanted: (rows(wanted), wanted)


def copy(x: np.ndarray, y: np.ndarray, seed: int) -> Sampler:
    """Training rows as they are: a control that the measure of copying has to catch."""
    rng = np.random.default_rng(seed)
    return lambda wanted: (_of_class(x, y, wanted, rng), wanted)


def ctgan(x: np.ndarray, y: np.ndarray, seed: int) -> Sampler:
    """CTGAN (Xu et al. 2019), of SDV's package `ctgan`, 300 epochs or 3,000 steps."""
    return _sdv("CTGAN", x, y, seed, pac=10)


def tvae(x: np.ndarray, y: np.ndarray, seed: int) -> Sampler:
    """TVAE (Xu et al. 2019), of the same package and as long."""
    return _sdv("TVAE", x, y, seed)


PEERS: dict[str, Callable[[np.ndarray, np.ndarray, int], Sampler]] = {
    "smote": smote,
    "mixture": mixture,
    "bootstrap": bootstrap,
    "ctgan": ctgan,
    "tvae": tvae,
    "copy": copy,
}


def _sdv(name: str, x: np.ndarray, y: np.ndarray, seed: int, **more: Any) -> Sampler:
    try:
        package = importlib.import_module("ctgan")
    except ImportError as error:
        raise SystemExit(f"{name} is of the package ctgan: pip install ctgan ({error}).") from error
    import torch

    torch.manual_seed(seed)
    np.random.seed(seed)  # the package draws by it
    kept = x.std(axis=0) > 0
    frame = frame_of(x[:, kept], y)
    batch = 500 if len(frame) >= 2000 else 100
    epochs = max(300, -(-_LEAST_STEPS // max(len(frame) // batch, 1)))
    model = getattr(package, name)(epochs=epochs, batch_size=batch, **more)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(frame, ["label"])

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        found = model.sample(n)
        classes = found.pop("label").str.slice(1).astype(int).to_numpy()
        out = np.repeat(x[:1], len(found), axis=0)
        out[:, kept] = found.to_numpy(float)
        return out, classes

    def rows(wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if len(wanted) == len(y) and np.array_equal(np.sort(wanted), np.sort(y)):
            return draw(len(wanted))  # classes as frequent as in training: its own draw of them
        left = dict(zip(*np.unique(wanted, return_counts=True), strict=True))
        parts = []
        for _ in range(_DRAWS):
            drawn, classes = draw(len(wanted))
            for c, count in left.items():
                own = np.flatnonzero(classes == c)[:count]
                parts.append((drawn[own], classes[own]))
                left[c] = count - len(own)
            if not any(left.values()):
                break
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))  # type: ignore

    return rows


def _standard(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scale = x.std(axis=0)
    return x.mean(axis=0), np.where(scale > 0, scale, 1.0)


def _of_class(
    x: np.ndarray, y: np.ndarray, wanted: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    out = np.empty((len(wanted), x.shape[1]))
    for c in np.unique(wanted):
        places = np.flatnonzero(wanted == c)
        out[places] = x[rng.choice(np.flatnonzero(y == c), len(places))]
    return out
