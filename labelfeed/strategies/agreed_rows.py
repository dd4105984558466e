"""Training rows that several annotators have labelled, repeated with what they agree on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.noise.agreed import agree
from labelfeed.options import StrategyOptions
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.repaired_rows import judging_plain, repeated_rows

__all__ = ["agreed_rows", "agreed_validation"]

_SUITED = ("plain", "side-label")


def agreed_rows(
    x: np.ndarray,
    rows: Dataset,
    groups: np.ndarray | None,
    options: StrategyOptions,
    tell: Callable[[str], None],
    on_step: Callable[[int, int], None] | None = None,
) -> tuple[np.ndarray, Dataset, np.ndarray | None]:
    """Return features, rows and groups to train on instead.

    Each row stands there once for each class that it may truly be, weighted by the consensus of its
    annotators and the features (`labelfeed.noise.agreed.agree`); the copies are one group. Rows
    that no annotator labels stay unknown. What `labels` holds is not read.

    Args:
        x: Preprocessed features of the training rows.
        rows: The training rows, with `readings`.
        groups: `(n,)`, or `None`.
        options: Of the strategy.
        tell: Called with a line that says how often each annotator errs.
        on_step: Called with the number of blends that have judged the rows, and that of all.

    Raises:
        NetworkError: The strategy, or weights of single labels, do not go with annotators.
    """
    readings = rows.readings
    if readings is None:
        return x, rows, groups
    if options.strategy not in _SUITED:
        raise NetworkError(
            f"--annotators goes with the strategies {' and '.join(map(repr, _SUITED))}, not with "
            f"{options.strategy!r}: leave --strategy out."
        )
    if rows.weights is not None and rows.weights.ndim > 1:
        raise NetworkError("--annotators takes weights of rows (--weight COL), not LABEL=COL.")
    found, _ = agree(
        x, readings.ids, rows.spec, groups=groups, weight=rows.weights,
        plain=judging_plain(options), seed=options.seed, on_step=on_step,
    )  # fmt: skip
    wrong = found.error_rates(readings.ids)
    told = ", ".join(f"{n} {rate:.0%}" for n, rate in zip(readings.names, wrong, strict=True))
    tell(f"annotators: estimated to be wrong: {told}; trained on what they agree on")
    known = (readings.ids != UNKNOWN).any(axis=1)[:, None]
    return repeated_rows(x, rows, groups, [found.posterior], known, options.seed)


def agreed_validation(rows: Dataset) -> Dataset:
    """Return validation rows labelled by their annotators, where they have any."""
    if rows.readings is None:
        return rows
    return dataclasses.replace(rows, labels=rows.readings.agreed)
