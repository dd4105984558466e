"""The operating points of a run as a table."""

from __future__ import annotations

from typing import Any

from labelfeed.report.tables import Table, figure

__all__ = ["operating_table"]

_SHARES = ("sensitivity", "specificity", "precision")


def operating_table(found: dict[str, Any]) -> Table:
    """Return the operating points that `evaluate` made, a row for each label.

    Args:
        found: JSON types: `goal`, `chosen_on` (in words), `labels` by name as of
            `runs.operating.operating_points`.

    Example:
        >>> share = {"count": 19, "rows": 20, "value": 0.95, "low": 0.751, "high": 0.999}
        >>> of = {"positives": 20, "rows": 40}
        >>> point = {"threshold": 0.1, "chosen_on": of, "scored_on": of, "notes": [],
        ...          "sensitivity": share, "specificity": share, "precision": share}
        >>> goal = {"kind": "sensitivity", "value": 0.95}
        >>> table = operating_table({"goal": goal, "chosen_on": "half", "labels": {"ill": point}})
        >>> table.rows[0][:4]
        ('ill', '20 of 40', '0.1', '0.950 [0.751, 0.999]')
    """
    goal, rows, notes = found["goal"], [], []
    for name, point in found["labels"].items():
        scored = point["scored_on"]
        threshold = point["threshold"]
        rows.append(
            (
                name,
                f"{scored['positives']} of {scored['rows']}",
                "-" if threshold is None else f"{threshold:.4g}",
                *(_share(point.get(kind)) for kind in _SHARES),
            )
        )
        notes += [f"{name}: {line}." for line in point["notes"]]
        if at := point.get("precision_at_prior"):
            notes.append(
                f"{name}: where {at['prior']:.2%} have it, as the run was told, the precision is "
                f"{figure(at['value'])}."
            )
    head = f"Thresholds for a {goal['kind']} of {goal['value']:g}, chosen on {found['chosen_on']}"
    note = "\n".join([f"{head}; 95 % intervals (Clopper-Pearson) on other rows.", *notes])
    names = ("operating point", "rows with it", "p at least", *_SHARES)
    return Table("Operating points", names, tuple(rows), note)


def _share(share: dict[str, Any] | None) -> str:
    if share is None:
        return "-"
    if share["low"] is None:
        return f"{share['count']} of {share['rows']}"
    return f"{figure(share['value'])} [{figure(share['low'])}, {figure(share['high'])}]"
