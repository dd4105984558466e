"""What an audit finds in the data alone: rows and groups of training, features that tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from labelfeed.audit.results import FeatureCopyProbe
from labelfeed.audit.verdicts import AuditWarning
from labelfeed.data.seen_rows import SeenRows
from labelfeed.data.telling import told_by
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Cells, Features

__all__ = ["data_findings"]


def data_findings(
    x: Features,
    ids: np.ndarray,
    spec: LabelSpec,
    copies: Sequence[FeatureCopyProbe] = (),
    seen: SeenRows | None = None,
    groups: Cells | None = None,
) -> tuple[AuditWarning, ...]:
    """Return what is wrong, or suspect, in the audited rows themselves.

    Args:
        x: Raw features; only the columns of a DataFrame can tell the target.
        ids: Encoded labels.
        spec: Their spec.
        copies: Columns that are found to be the target already; their warnings come first.
        seen: What the model was trained on, if that is known.
        groups: Group of each row.

    Example:
        >>> rows = pd.DataFrame({"dose": np.random.default_rng(0).normal(size=40)})
        >>> seen = SeenRows.of(rows[:20], ["p1"] * 20)
        >>> spec, y = LabelSpec.single(2), np.arange(20) % 2
        >>> [w.kind for w in data_findings(rows[20:], y, spec, (), seen, ["p1"] * 20)]
        ['shared groups']
    """
    found = [copy.warning for copy in copies]
    if seen is not None:
        rows = np.asarray(x) if hasattr(x, "shape") and not isinstance(x, pd.DataFrame) else x
        if isinstance(rows, (list, tuple, dict)):  # several inputs: only their groups are known
            rows = np.zeros((len(ids), 0))
        name = str(getattr(groups, "name", None) or "groups")
        overlap = seen.overlap(rows, groups, name)
        texts = list(overlap.notes)
        if overlap.groups:
            found.append(AuditWarning("shared groups", texts.pop(0)))
        if overlap.rows:
            found.append(AuditWarning("shared rows", texts.pop(0)))
    if isinstance(x, pd.DataFrame):
        known = {copy.column for copy in copies}
        found += [
            AuditWarning("feature tells target", f"column {name!r} {text}")
            for name, text in told_by(x, ids, spec).items()
            if name not in known
        ]
    return tuple(found)
