"""Training rows with columns that prediction lacks, repeated with what these columns teach."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.telling import told_by
from labelfeed.estimators.column_math import known_columns
from labelfeed.noise.suiting import suiting_plain
from labelfeed.noise.taught import Taught, teach
from labelfeed.options import StrategyOptions
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.repaired_rows import judging_plain, repeated_rows

__all__ = ["taught_rows"]

_SUITED = ("plain", "side-label")


def taught_rows(
    x: np.ndarray,
    rows: Dataset,
    groups: np.ndarray | None,
    options: StrategyOptions,
    tell: Callable[[str], None],
    on_step: Callable[[int, int], None] | None = None,
) -> tuple[np.ndarray, Dataset, np.ndarray | None]:
    """Return features, rows and groups to train on instead.

    Where training-only columns pay (`labelfeed.noise.taught.teach`), each row stands there once for
    each class, weighted by its soft label; the copies are one group. Else all is returned as it is.

    Args:
        x: Preprocessed features of the training rows.
        rows: The training rows, with `training_only`.
        groups: `(n,)`, or `None`.
        options: Of the strategy.
        tell: Called with what was found.
        on_step: Called with the number of blends that have judged the rows, and that of all.

    Raises:
        DataError: No training-only column can be learned from.
        NetworkError: The strategy, soft targets or weights of single labels do not go with them.
    """
    frame = rows.training_only
    if frame is None:
        return x, rows, groups
    _check(rows, options)
    for line in _warnings(frame, rows):
        tell(line)
    try:
        fitted = Preprocessor.fit(frame)
    except DataError as error:
        raise DataError(f"Training-only columns (--training-only): {error}") from error
    for line in fitted.notes:
        tell(f"training-only: {line}")
    y = rows.states
    found = teach(
        x, fitted.transform(frame), y, rows.spec, groups=groups, weight=rows.weights,
        plain=suiting_plain(judging_plain(options), y), seed=options.seed,
        on_step=on_step,
    )  # fmt: skip
    tell(_said(found, [str(name) for name in frame.columns]))
    if not found.pays:
        return x, rows, groups
    known = known_columns(y, rows.spec)
    return repeated_rows(x, rows, groups, found.posteriors, known, options.seed)


def _check(rows: Dataset, options: StrategyOptions) -> None:
    if options.strategy not in _SUITED:
        raise NetworkError(
            f"--training-only goes with the strategies {' and '.join(map(repr, _SUITED))}, not "
            f"with {options.strategy!r}: say --strategy plain, or leave --training-only out."
        )
    reason = None
    if rows.readings is not None:
        reason = "--annotators: leave one out"
    elif rows.coarse is not None:
        reason = "coarsely labelled rows (--tree): leave one out"
    elif rows.soft is not None:
        reason = "soft targets (--uncertain soft=P): give them another state, such as ignore"
    elif rows.weights is not None and rows.weights.ndim > 1:
        reason = "weights of single labels (--weight LABEL=COL): leave them out"
    if reason is not None:
        raise NetworkError(f"--training-only does not go with {reason}.")


def _warnings(frame: pd.DataFrame, rows: Dataset) -> list[str]:
    """Return a line for each column that tells the target so well that it teaches nothing."""
    return [
        f"training-only column {name!r} {text.partition(':')[0]}: a teacher that copies the label "
        "from it has nothing to teach"
        for name, text in told_by(frame, rows.labels, rows.spec).items()
    ]


def _said(found: Taught, names: list[str]) -> str:
    columns = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    gain = (
        f"out of fold the log loss changes by {-found.gain:+.3f} +- {found.spread:.3f} a label "
        f"(with them as features, the most they can teach: {-found.teacher:+.3f})"
    )
    what = "trained on soft labels of a teacher that sees them"
    if not found.pays:
        what = "they do not pay, trained on the labels as they are"
    return f"training-only ({columns}): {what}; {gain}"
