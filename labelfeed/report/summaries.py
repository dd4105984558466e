"""What a stored run is, in words and tables: the same for its page and for its model card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from labelfeed.data.described import is_number
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.metrics.bootstrap import FEWEST_ROWS, RESAMPLED, resampled
from labelfeed.metrics.by_value import BY_SCORES
from labelfeed.metrics.intervals import Interval
from labelfeed.records.held_out import HeldOut
from labelfeed.records.stored import StoredRun
from labelfeed.report.tables import Table, figure

__all__ = [
    "SCORE_NAMES",
    "by_tables",
    "data_words",
    "headline",
    "interval_table",
    "limits_of",
    "points_of",
    "version_words",
    "with_ends",
]

SCORE_NAMES = {
    "macro_auc": "macro-AUC",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced",
    "log_loss": "log loss",
    "calibration_error": "calibration",
}
_FEW = 30  # rows of a class in the held-out part, below which its figures say little
_MANY = 8  # names in a line


def headline(run: StoredRun) -> str:
    """Return the one sentence about a run: its main score, on how many rows, and when."""
    held = run.held_out
    name = f"{run.data.get('target') or run.spec.name} ({run.strategy})"
    if len(run.spec.label_columns) > 1:
        name = f"{len(run.spec.label_columns)} labels ({run.strategy})"
    if held is None:
        known = run.metrics.get("sides", {}).get("known") or run.metrics.get("nothing_known")
        if not isinstance(known, dict):
            return f"{name}: not scored yet; labelfeed evaluate does that"
        return f"{name}: macro-AUC {figure(known.get('macro_auc'))} on {known.get('rows')} rows"
    when = "nothing known" if held.sided is None else "side labels known"
    found = resampled(held.labels, [held.used], run.spec, held.groups, held.weights)
    metric = "macro_auc" if np.isfinite(found.estimates["macro_auc"][0]) else "accuracy"
    rows = int((held.labels != UNKNOWN).reshape(len(held.labels), -1).any(axis=1).sum())
    return (
        f"{name}: {SCORE_NAMES[metric]} {with_ends(found.interval(metric))} on {rows:,} held-out "
        f"rows, {when}"
    )


def points_of(held: HeldOut, share: float | None) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return by what is known the labels that are scored and their probabilities.

    Args:
        held: Predictions of held-out rows.
        share: Share of the labels known to `told`.
    """
    found = {"nothing known": (held.labels, held.blind)}
    if held.sided is not None:
        found["side labels known"] = (held.labels, held.sided)
    if held.told is not None:
        found[f"{share or 0.5:.0%} of the labels known"] = (held.hidden, held.told)
    return found


def interval_table(run: StoredRun) -> Table | None:
    """Return the scores of a run with their intervals over the held-out rows."""
    held = run.held_out
    if held is None:
        return None
    share = run.metrics.get("partly_known", {}).get("known_share")
    rows, few = [], False
    for known, (labels, p) in points_of(held, share).items():
        found = resampled(labels, [p], run.spec, held.groups, held.weights)
        few = few or not found.draws["accuracy"].size
        scored = int((labels != UNKNOWN).sum()) if labels.ndim < 2 else _scored(run, labels)
        cells = (with_ends(found.interval(metric)) for metric in RESAMPLED)
        rows.append((known, f"{scored:,}", *cells))
    note = "95 % intervals over the held-out rows"
    note += ", whole groups drawn together" if held.groups is not None else ""
    note += ": how far other rows would differ, not another training."
    if few:
        note = f"Fewer than {FEWEST_ROWS} rows (or groups of rows): no interval is given."
    if held.told is not None:
        note += " Known labels: the first of five draws."
    heads = ("known", "scored", *(SCORE_NAMES[metric] for metric in RESAMPLED))
    return Table("Scores with intervals", heads, tuple(rows), note)


def _scored(run: StoredRun, labels: np.ndarray) -> int:
    return sum(int((c.ids(labels) != UNKNOWN).sum()) for c in run.spec.label_columns)


def by_tables(metrics: Mapping[str, Any]) -> list[Table]:
    """Return the scores by the values of each column that was asked for.

    Args:
        metrics: Of a run; `"by"` of them.
    """
    tables = []
    by = metrics.get("by")
    for column, values in by.items() if isinstance(by, dict) else ():
        rows = tuple(
            (str(value), f"{found.get('rows', 0):,}", *(figure(found.get(m)) for m in BY_SCORES))
            for value, found in values.items()
        )
        heads = (str(column), "rows", *(SCORE_NAMES[m] for m in BY_SCORES))
        few = [row[0] for row in rows if int(row[1].replace(",", "")) < _FEW]
        note = f"Fewer than {_FEW} rows: {', '.join(few[:_MANY])}." if few else ""
        tables.append(Table(f"By {column}", heads, rows, note))
    return tables


def data_words(run: StoredRun) -> dict[str, str]:
    """Return what a run was trained on, by heading."""
    data, training = run.data, run.training
    parts = {n: training.get(f"{n}_rows") for n in ("train", "validation", "test")}
    told = [f"{v:,} {_PARTS[n]}" for n, v in parts.items() if isinstance(v, int) and v]
    found = {"file": str(data.get("path", "unknown")), "rows": ", ".join(told) or "unknown"}
    if data.get("group"):
        found["groups"] = f"{data['group']}: whole groups stand on one side of the split"
    found["features"] = _features(run)
    if run.preprocessor.dropped:
        out = [f"{name} ({why})" for name, why in run.preprocessor.dropped]
        found["features left out"] = _some(out)
    found["labels"] = _some(_labels(run))
    if run.sides:
        found["side labels"] = _some([_classes(s.name, s.num_classes) for s in run.sides])
    if data.get("weights"):
        found["weights"] = _some([str(w) for w in data["weights"]])
    if data.get("training_only"):
        found["seen in training only"] = _some([str(c) for c in data["training_only"]])
    return found


_PARTS = {"train": "trained on", "validation": "to stop early", "test": "held out"}


def _features(run: StoredRun) -> str:
    made = run.preprocessor
    if made.kind != "columns":
        return f"{made.kind} of shape {' x '.join(map(str, made.shape))}"
    kinds = Counter(type(column).__name__.lower() for column in made.columns)
    words = {"numeric": ("number", "numbers"), "category": ("category", "categories")}
    told = ", ".join(f"{n} {words[k][n != 1] if k in words else k}" for k, n in kinds.items())
    return f"{told}: {_some([c.name for c in made.columns], 40)}"


def _labels(run: StoredRun) -> list[str]:
    shares = run.training.get("prior", {}).get("trained", {})
    told = []
    for column in run.spec.label_columns:
        if not column.of_classes:
            share = shares.get(column.name)
            told.append(column.name + (f" ({share:.1%} yes)" if is_number(share) else ""))
        elif column.number is not None:
            told.append(f"{column.name} (a number)")
        else:
            told.append(_classes(column.name, column.num_classes))
    return told


def _classes(name: str, count: int) -> str:
    return f"{name} ({count} classes)"


def limits_of(run: StoredRun) -> list[str]:
    """Return what a reader has to know before the model is used, a sentence each."""
    held, found = run.held_out, []
    if run.training.get("interrupted"):
        found.append("The training was interrupted: the weights are the best until then.")
    if run.training.get("blanked"):
        found.append("A control: no label that it read in training told anything.")
    if held is None:
        found.append("Its predictions of held-out rows were not kept: no interval is known.")
    else:
        rare = _rare(run, held.labels)
        if rare:
            found.append(f"Few held-out rows (fewer than {_FEW}) of: {_some(rare)}.")
        if held.groups is None:
            found.append("No groups were named: rows of one person or case may be on both sides.")
    skipped = run.metrics.get("nothing_known", {}).get("skipped") or []
    if skipped:
        found.append(f"Not measured, one state only among held-out rows: {_some(skipped)}.")
    if run.metrics.get("partly_known"):
        found.append(
            "Labels are shown to the network on purpose, as part of them is known in use; a label "
            "that is shown is not scored."
        )
    if run.sides:
        names = _some([s.name for s in run.sides])
        found.append(f"Side labels ({names}) are read in use; without them it answers as plain.")
    if not run.metrics.get("by"):
        found.append("Not measured: scores by subgroup (train --by COL).")
    found.append("Not measured: rows of another place or time than those of the file.")
    return found


def _rare(run: StoredRun, labels: np.ndarray) -> list[str]:
    rare = []
    for column in run.spec.label_columns:
        ids = column.ids(labels)
        counts = np.bincount(ids[ids != UNKNOWN], minlength=column.num_classes)
        for place, count in enumerate(counts):
            if count < _FEW:
                state = column.name_of(place)
                single = run.spec.kind == "single"
                rare.append(f"{state if single else f'{column.name} {state}'} ({count})")
    return rare


def version_words(versions: Mapping[str, Any]) -> str:
    """Return versions in a line."""
    return ", ".join(f"{name} {version}" for name, version in versions.items() if name != "backend")


def with_ends(interval: Interval) -> str:
    """Return a score with the ends of its interval where there are any.

    Example:
        >>> with_ends(Interval(0.5, 0.4, 0.6, 1, 2))
        '0.500 [0.400, 0.600]'
    """
    if not np.isfinite(interval.low):
        return figure(interval.mean)
    return f"{interval.mean:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def _some(names: list[str], most: int = _MANY) -> str:
    more = f", {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
