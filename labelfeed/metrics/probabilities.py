"""Held-out scores of class probabilities: of single labels, and of multi labels partly known."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["Scores", "mean_scores", "score"]


@dataclasses.dataclass(frozen=True)
class Scores:
    """Scores of predictions on labels that the model did not read.

    Args:
        rows: Rows with at least one scored label.
        labels: Scored labels (single: as many as rows); a column of classes is one label.
        accuracy: Share of scored labels predicted right, in [0, 1]; of a column of classes the
            most probable one counts.
        balanced_accuracy: Mean over the classes present of the share predicted right; for several
            columns, some of them with classes, the mean of that over the columns.
        macro_auc: Mean over labels (single: classes against the rest) of the area under the ROC
            curve; `None` when none can be computed.
        log_loss: Mean of -log(probability of the true state), in nats.
        auc: Area under the ROC curve of each yes/no label and each class (against the others).
        skipped: Labels without an area, because all scored rows have the same state.
    """

    rows: int
    labels: int
    accuracy: float | None
    balanced_accuracy: float | None
    macro_auc: float | None
    log_loss: float | None
    auc: dict[str, float]
    skipped: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        return {**dataclasses.asdict(self), "skipped": list(self.skipped)}


def score(labels: np.ndarray, probabilities: np.ndarray, spec: LabelSpec) -> Scores:
    """Score probabilities against labels.

    Args:
        labels: int32 array of shape `(n,)` or `(n, num_labels)`; -1 is not scored (unknown, or
            read by the model).
        probabilities: Array of shape `(n, num_classes)`.
        spec: What the labels are.

    Returns:
        The `Scores`; what cannot be computed is `None`, never NaN.

    Example:
        >>> got = score(np.array([0, 1, -1]), np.eye(2)[[0, 1, 1]], LabelSpec.single(2))
        >>> got.accuracy, got.labels
        (1.0, 2)
    """
    known = labels != UNKNOWN
    if not known.any():
        names = tuple(spec.name_of(i) for i in range(spec.num_classes))
        return Scores(0, 0, None, None, None, None, {}, names)
    if spec.kind == "single":
        truth, rows = labels[known], probabilities[known]
        right = rows.argmax(axis=1) == truth
        balanced = [right[truth == c].mean() for c in np.unique(truth)]
        likelihood = rows[np.arange(len(truth)), truth]
        states = [(truth == c, rows[:, c]) for c in range(spec.num_classes)]
        # Of two classes one area says it all.
        states = states if spec.num_classes > 2 else [(truth == 1, rows[:, 1])]
        names = tuple(spec.name_of(i + (spec.num_classes == 2)) for i in range(len(states)))
    else:
        if spec.groups:
            right, balanced, likelihood = _by_column(labels, probabilities, spec)
        else:
            truth, flat = labels[known] == 1, probabilities[known]
            right = (flat >= 0.5) == truth
            balanced = [right[truth == state].mean() for state in np.unique(truth)]
            likelihood = np.where(truth, flat, 1 - flat)
        states = [
            (labels[known[:, i], i] == 1, probabilities[known[:, i], i])
            for i in range(spec.num_classes)
        ]
        names = tuple(spec.name_of(i) for i in range(spec.num_classes))
    auc: dict[str, float] = {}
    skipped = []
    for name, (present, values) in zip(names, states, strict=True):
        if len(present) and present.any() and not present.all():
            auc[name] = float(roc_auc_score(present, values))
        else:
            skipped.append(name)
    return Scores(
        rows=int(known.sum() if known.ndim == 1 else known.any(axis=1).sum()),
        labels=len(right),
        accuracy=float(right.mean()) if len(right) else None,
        balanced_accuracy=float(np.mean(balanced)) if balanced else None,
        macro_auc=float(np.mean(list(auc.values()))) if auc else None,
        log_loss=float(-np.log(np.clip(likelihood, 1e-7, 1.0)).mean()) if len(right) else None,
        auc=auc,
        skipped=tuple(skipped),
    )


def mean_scores(drawn: list[Scores]) -> dict[str, Any]:
    """Return the mean of each score over the draws that have it, as JSON types."""

    def mean(values: list[float | None]) -> float | None:
        there = [v for v in values if v is not None]
        return float(np.mean(there)) if there else None

    names = [*drawn[0].auc, *drawn[0].skipped]
    auc = {name: mean([s.auc.get(name) for s in drawn]) for name in names}
    return {
        "rows": drawn[0].rows,
        "labels": round(float(np.mean([s.labels for s in drawn]))),
        "accuracy": mean([s.accuracy for s in drawn]),
        "balanced_accuracy": mean([s.balanced_accuracy for s in drawn]),
        "macro_auc": mean([s.macro_auc for s in drawn]),
        "log_loss": mean([s.log_loss for s in drawn]),
        "auc": {name: value for name, value in auc.items() if value is not None},
        "skipped": [name for name, value in auc.items() if value is None],
    }


def _by_column(
    labels: np.ndarray, probabilities: np.ndarray, spec: LabelSpec
) -> tuple[np.ndarray, list[float], np.ndarray]:
    """Return whether each known column is right, balanced accuracies, and likelihoods."""
    right, balanced, likelihood = [], [], []
    for column in spec.label_columns:
        ids = column.ids(labels)
        known = ids != UNKNOWN
        p = column.probabilities(probabilities)[known]
        truth = ids[known]
        # As elsewhere, yes at one half: argmax would say no.
        found = p.argmax(axis=1) if column.grouped else (p[:, 1] >= 0.5).astype(int)
        right.append(found == truth)
        likelihood.append(p[np.arange(len(truth)), truth])
        if len(truth):
            shares = [right[-1][truth == c].mean() for c in np.unique(truth)]
            balanced.append(float(np.mean(shares)))
    return np.concatenate(right), balanced, np.concatenate(likelihood)
