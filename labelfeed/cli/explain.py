"""`labelfeed predict --explain`: what each known label changed, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.soft import hard_part, said_of, soft_columns
from labelfeed.labels.spec import LabelSpec
from labelfeed.runs.explain import explain_rows
from labelfeed.runs.kept import KeptRun

__all__ = ["check_explain", "explanation_table"]

_SOFT = -2  # neither a class nor unknown


def check_explain(path: str, known: Sequence[str], out: str, spec: LabelSpec) -> None:
    """Raise `DataError` unless there is something to explain, and a file of its own for it."""
    if len(spec.label_columns) < 2:
        raise DataError(
            f"--explain is for runs of several labels; this run predicts one, {spec.name!r}."
        )
    if not known:
        raise DataError("--explain tells what known labels changed: name some with --known.")
    if Path(path) == Path(out):
        raise DataError("--explain needs another file than --out.")


def explanation_table(
    run: KeptRun, dataset: Dataset, known: np.ndarray, id_name: str = "row"
) -> pd.DataFrame:
    """Return a line for each row, each unknown label of it, and each known one.

    Args:
        run: A run of several labels.
        dataset: The rows.
        known: Labels that are fed, -1 where unknown; float where some are soft.
        id_name: Name of the id column.

    Returns:
        Id; `label` (of a column of classes the most probable class, as `colour=red`) with its
        probability when nothing is known and when all that is known is fed; `known`, as
        `fever=yes`; and the probability with that one known `alone`, and with all others known,
        `without` it.
    """
    spec = run.spec
    effects = explain_rows(run, dataset.features, known)
    rows = np.arange(len(known))
    hard, soft = hard_part(known), soft_columns(known, spec)
    told = {
        column.name: np.where(soft[:, place], _SOFT, column.ids(hard))
        for place, column in enumerate(spec.label_columns)
    }
    parts = []
    for column in spec.label_columns:
        p = column.probabilities(effects.all_known)
        place = np.array(column.places)[p.argmax(axis=1) if column.of_classes else 0 * rows]
        label = np.array([spec.name_of(i) for i in range(spec.num_classes)], dtype=object)[place]
        for other in spec.label_columns:
            if other is column or other.name not in effects.alone:
                continue
            alone, without = (e[other.name][rows, place] for e in (effects.alone, effects.without))
            there = (told[column.name] == UNKNOWN) & (told[other.name] != UNKNOWN)
            words = np.array(other.names, dtype=object)[np.maximum(told[other.name], 0)]
            for row in np.flatnonzero(told[other.name] == _SOFT):
                words[row] = said_of(other, known[row])
            part = {
                id_name: dataset.row_ids,
                "label": label,
                "nothing_known": effects.nothing_known[rows, place],
                "all_known": effects.all_known[rows, place],
                "known": [f"{other.name}={word}" for word in words],
                "alone": alone,
                "without": without,
            }
            parts.append(pd.DataFrame(part).assign(_row=rows)[there])
    names = [id_name, "label", "nothing_known", "all_known", "known", "alone", "without"]
    if not parts:
        return pd.DataFrame(columns=names)
    return pd.concat(parts).sort_values("_row", kind="stable")[names].reset_index(drop=True)
