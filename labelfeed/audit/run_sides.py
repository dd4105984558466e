"""The audit of the side labels of a run: they are no target, so no leak."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.audit.leak import audit
from labelfeed.audit.results import LeakAudit
from labelfeed.data.dataset import Dataset
from labelfeed.runs.folder import Run

__all__ = ["audit_sides"]


def audit_sides(run: Run, rows: Dataset, x: np.ndarray, seed: int = 0) -> list[LeakAudit]:
    """Return the audit of each side label: fed true, wrong, permuted and unknown.

    The other side labels stay as they are in the data. The verdict is never "leak"; a side label
    that determines the target in these rows is warned of.

    Args:
        run: A run that takes side labels.
        rows: Labelled rows with their side labels.
        x: Their preprocessed features.
        seed: Seed of the wrong and permuted side labels.
    """
    found = []
    columns = rows.sides.columns()
    for spec in rows.sides.specs:
        others = {name: ids for name, ids in columns.items() if name != spec.name}
        features: Any = run.model.with_sides(x, others)

        def predict(given: Any, ids: np.ndarray, key: str = spec.input_name) -> Any:
            return run.model.predict({**given, key: ids.astype(np.int32)}, verbose=0)

        found.append(
            audit(
                predict,
                features,
                columns[spec.name],
                spec,
                target=rows.labels,
                unknown_id=-1,
                seed=seed,
            )
        )
    return found
