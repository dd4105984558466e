"""Plain models cross-fitted beside one another, and their blend."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from labelfeed.estimators.any_classifier import ClassifierMember
from labelfeed.estimators.blend import Blend
from labelfeed.estimators.kept_fits import cross_fitted
from labelfeed.estimators.member import CrossFitted, Member
from labelfeed.estimators.paying import blend_of_paying
from labelfeed.estimators.two_threads import in_two_threads
from labelfeed.labels.spec import LabelSpec

__all__ = ["FittedBlend", "cross_fit_members", "threads_for"]

_FEW = 4_000_000  # numbers in the features, below which one thread does all
_OWN = ("logistic", "network")  # scikit-learn's threads spoil its warnings in two threads at once


@dataclasses.dataclass(frozen=True, eq=False)
class FittedBlend:
    """What `cross_fit_members` found.

    Args:
        members: The fitted plain models that stay.
        blend: Their blend.
        optional: What was decided of those that stay only where they pay; "" for none.
        seconds: Seconds that each took, by name, and the blend.
    """

    members: list[CrossFitted]
    blend: Blend
    optional: str
    seconds: dict[str, float]


def cross_fit_members(
    members: Sequence[Member],
    x: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    folds: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    seed: int = 0,
) -> FittedBlend:
    """Cross-fit plain models, two at a time on small tables, and blend them.

    Args:
        members: The plain models.
        x: Features `(n, d)`.
        y: int `(n, places)` of 1, 0, -1.
        spec: What the labels are.
        folds: int `(n,)`: fold of each row.
        weight: `(n,)`, of the rows.
        seed: Of everything drawn.
    """

    def fit(member: Member) -> tuple[CrossFitted, float]:
        start = time.perf_counter()
        with threads_for(x):  # OpenMP's limit is that of a thread
            found = cross_fitted(member, x, y, spec, folds, sample_weight=weight, seed=seed)
        return found, time.perf_counter() - start

    # Large tables have all threads for each model; a classifier of the user's may draw from NumPy's
    # global generator, where the order counts.
    in_turn = x.size >= _FEW or any(isinstance(m, ClassifierMember) for m in members)
    done = in_two_threads(fit, members, lambda m: not in_turn and m.name not in _OWN)
    seconds = {m.name: spent for m, (_, spent) in zip(members, done, strict=True)}
    start = time.perf_counter()
    optional = [getattr(m, "optional", False) for m in members]
    fitted, blend, said = blend_of_paying([found for found, _ in done], optional, y, spec, weight)
    seconds["blend"] = time.perf_counter() - start
    return FittedBlend(fitted, blend, said, seconds)


def threads_for(x: np.ndarray) -> threadpool_limits:
    """Small products and trees take one thread: more cost more than they bring on busy cores."""
    return threadpool_limits(1 if x.size < _FEW else None)
