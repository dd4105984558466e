"""Training rows whose labels may be wrong, repeated with soft repaired labels."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.estimators.column_math import known_columns
from labelfeed.estimators.named_members import MEMBERS
from labelfeed.noise.honest import ColumnNoise, find_noise
from labelfeed.noise.soft_rows import soft_rows
from labelfeed.noise.suiting import suiting_plain
from labelfeed.options import StrategyOptions
from labelfeed.strategies.networks import NetworkError

__all__ = ["judging_plain", "noise_of_rows", "repaired_rows", "repeated_rows"]


def repaired_rows(
    x: np.ndarray,
    rows: Dataset,
    groups: np.ndarray | None,
    options: StrategyOptions,
    tell: Callable[[str], None],
    on_step: Callable[[int, int], None] | None = None,
) -> tuple[np.ndarray, Dataset, np.ndarray | None]:
    """Return features, rows and groups to train on instead.

    Where noise is found, each row stands there once for each class that it may truly be, weighted
    by the posterior; the copies are one group. Where none is, or the loss sees to it
    (`noise_method`), all is returned as it is.

    Args:
        x: Preprocessed features of the training rows.
        rows: The training rows.
        groups: `(n,)`, or `None`.
        options: Of the strategy `noisy-labels`.
        tell: Called with a line that says what was found.
        on_step: Called with the number of blends that have judged the rows, and that of all.

    Raises:
        NetworkError: The rows cannot be judged by plain models.
    """
    if getattr(options, "noise_method", "auto") != "auto":
        return x, rows, groups
    found = noise_of_rows(x, rows, groups, judging_plain(options), options.seed, on_step)
    y = rows.states
    rates = [(one.rate, int((one.given >= 0).sum())) for one in found]
    wrong = sum(rate * count for rate, count in rates) / max(sum(n for _, n in rates), 1)
    if not any(one.found for one in found):
        tell("noisy-labels: no noise found in the training rows; the labels are taken as they are")
        return x, rows, groups
    tell(
        f"noisy-labels: {wrong:.1%} of the training labels are estimated to be wrong; trained on "
        "soft repaired ones. Scores count held-out labels as given, wrong ones too"
    )
    posteriors, known = [one.posterior for one in found], known_columns(y, rows.spec)
    return repeated_rows(x, rows, groups, posteriors, known, options.seed)


def judging_plain(options: StrategyOptions) -> str:
    """Return which plain models judge labels: the one that the options name, else `"auto"`."""
    plain = str(getattr(options, "plain", None))
    return plain if plain in MEMBERS else "auto"


def repeated_rows(
    x: np.ndarray,
    rows: Dataset,
    groups: np.ndarray | None,
    posteriors: Sequence[np.ndarray],
    known: np.ndarray,
    seed: int,
) -> tuple[np.ndarray, Dataset, np.ndarray]:
    """Return features, rows and groups in which each row stands once for each class it may be.

    Args:
        x: Features `(n, d)` of the rows.
        rows: The rows.
        groups: `(n,)`; `None`: the copies of a row are one group.
        posteriors: For each label column `(n, C)`: probabilities of its classes.
        known: bool `(n, columns)`: whether a label was given at all.
        seed: Of the order of the copies; see `soft_rows`.
    """
    at, labels, share = soft_rows(posteriors, known, rows.spec, seed)
    if rows.spec.kind == "single":
        labels = rows.spec.label_columns[0].ids(labels)
    taken = rows.take(at)
    weights = share if taken.weights is None else share * taken.weights
    taken = dataclasses.replace(
        taken, labels=labels.astype(np.int32), weights=weights.astype(np.float32)
    )
    return x[at], taken, at if groups is None else groups[at]


def noise_of_rows(
    x: np.ndarray,
    rows: Dataset,
    groups: np.ndarray | None,
    plain: str,
    seed: int,
    on_step: Callable[[int, int], None] | None = None,
) -> list[ColumnNoise]:
    """Return what is wrong with the labels of training rows, as `find_noise`.

    Raises:
        NetworkError: They are pictures, or have soft targets or weights of single labels.
    """
    reason = None
    if np.ndim(rows.features) > 2:
        reason = "pictures: their labels are judged by no plain model. Take --noise-method gce"
    elif rows.soft is not None:
        reason = "soft targets (--uncertain soft=P): give them another state, such as ignore"
    elif rows.weights is not None and rows.weights.ndim > 1:
        reason = "weights of single labels (--weight LABEL=COL): leave them out"
    if reason is not None:
        raise NetworkError(f"noisy-labels cannot learn from {reason}.")
    y = rows.states
    return find_noise(
        x, y, rows.spec, groups=groups, weight=rows.weights, plain=suiting_plain(plain, y),
        seed=seed, on_step=on_step,
    )  # fmt: skip
