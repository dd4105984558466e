"""What predictions of held-out rows look like: curves, calibration, confusions, learned vectors."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_curve

from labelfeed.comparison.judged import reliability_bins
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.records.held_out import HeldOut
from labelfeed.report.charts import lines, named_points, reliability
from labelfeed.report.page import Part
from labelfeed.report.tables import Table

__all__ = ["confusion_tables", "judged_parts", "vector_chart"]

_CURVES = 6  # labels that a chart shows
_CLASSES = 8  # of a whole confusion table
_CONFUSED = 10  # pairs of more classes that are told
_LEAST = 10  # labels in a bin of probabilities
_POINTS = 400  # of a curve: more are no sharper
_NAMES = 60  # of learned vectors


def judged_parts(held: HeldOut, spec: LabelSpec, share: float | None = None) -> list[Part]:
    """Return charts and tables of predictions of held-out rows.

    Args:
        held: The predictions.
        spec: What the labels are.
        share: Share of the labels known to `held.told`.
    """
    when = "" if held.sided is None else ", side labels known"
    parts: list[Part] = [*_curve_charts(held.labels, held.used, spec, when)]
    series = {"nothing known": held.blind}
    if held.sided is not None:
        series["side labels known"] = held.sided
    binned = {name: _bins(held.labels, p, spec) for name, p in series.items()}
    if held.told is not None:
        told = f"{share or 0.5:.0%} of the labels known"
        binned[told] = _bins(held.hidden, held.told, spec)
    if any(binned.values()):
        parts.append(reliability({k: v for k, v in binned.items() if v}, "Calibration"))
    parts += confusion_tables(held.labels, held.used, spec)
    if (chart := vector_chart(held)) is not None:
        parts.append(chart)
    return parts


def confusion_tables(labels: np.ndarray, p: np.ndarray, spec: LabelSpec) -> list[Table]:
    """Return for each column of classes how often each was taken for which.

    Of more than 8 classes the most frequent mistakes.

    Args:
        labels: As the spec encodes them.
        p: Probabilities `(n, num_classes)`.
        spec: What the labels are.
    """
    tables = []
    for column in spec.label_columns:
        if not column.of_classes or column.number is not None:
            continue
        ids = column.ids(labels)
        known = ids != UNKNOWN
        guess = column.probabilities(p)[known].argmax(axis=1)
        counts = np.zeros((column.num_classes, column.num_classes), int)
        np.add.at(counts, (ids[known], guess), 1)
        if not counts.sum():
            continue
        names, title = column.names, f"Confusion of {column.name}"
        if column.num_classes <= _CLASSES:
            heads = ("true", *(f"said {name}" for name in names))
            rows = [(names[i], *map(str, row)) for i, row in enumerate(counts.tolist())]
            tables.append(Table(title, heads, tuple(rows)))
            continue
        wrong = counts - np.diag(np.diag(counts))
        order = np.argsort(-wrong, axis=None, kind="stable")[:_CONFUSED]
        pairs = [(int(at // len(names)), int(at % len(names))) for at in order]
        rows = [(names[a], names[b], f"{wrong[a, b]} of {counts[a].sum()}")
                for a, b in pairs if wrong[a, b]]  # fmt: skip
        note = f"The most frequent mistakes; {np.trace(counts)} of {counts.sum()} rows are right."
        tables.append(Table(title, ("true", "said", "rows"), tuple(rows), note))
    return tables


def vector_chart(held: HeldOut) -> bytes | None:
    """Return the learned vectors of labels on their two main axes; `None` below three of them."""
    if held.vectors is None or not 3 <= len(held.vectors) <= _NAMES:
        return None
    if not np.isfinite(held.vectors).all():
        return None
    centred = np.asarray(held.vectors, np.float64)
    centred = centred - centred.mean(axis=0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    at = np.zeros((len(centred), 2))
    at[:, : min(2, len(s))] = u[:, :2] * s[:2]
    shown = float((s[:2] ** 2).sum() / max((s**2).sum(), 1e-12))
    title = f"Learned vectors of the labels, two main axes ({shown:.0%} of their spread)"
    return named_points(held.vector_names, at, title)


def _curve_charts(labels: np.ndarray, p: np.ndarray, spec: LabelSpec, when: str) -> list[bytes]:
    """Return the ROC and the precision-recall curves of the rarest labels that have both states."""
    yes_no = spec.label_columns[0].labels(labels) if not spec.shape else labels
    places = [1] if not spec.shape and spec.num_classes == 2 else range(spec.num_classes)
    found = []
    for place in places:
        known = yes_no[:, place] != UNKNOWN
        truth = yes_no[known, place] == 1
        if 0 < truth.sum() < len(truth):
            found.append((spec.name_of(place), truth, p[known, place]))
    more = f", the rarest {_CURVES} of {len(found)}" if len(found) > _CURVES else ""
    if more:
        found = sorted(found, key=lambda one: one[1].mean())[:_CURVES]
    if not found:
        return []
    roc, precision = {}, {}
    for name, truth, own in found:
        false, true, _ = roc_curve(truth, own)
        roc[name] = _thinned(false, true)
        exact, recall, _ = precision_recall_curve(truth, own)
        precision[name] = _thinned(recall, exact)
    return [
        lines(roc, "false alarms", "found", f"ROC{when}{more}"),
        lines(precision, "found (recall)", "precision", f"Precision and recall{when}{more}"),
    ]


def _thinned(x: np.ndarray, y: np.ndarray) -> tuple[list[float], list[float]]:
    at = np.unique(np.linspace(0, len(x) - 1, min(len(x), _POINTS)).astype(int))
    return x[at].tolist(), y[at].tolist()


def _bins(labels: np.ndarray, p: np.ndarray, spec: LabelSpec) -> list[tuple[float, float]]:
    found = reliability_bins(labels, p, spec)
    return [(total / count, true / count) for count, total, true in found if count >= _LEAST]
