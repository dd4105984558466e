"""Held-out scores of class probabilities, of single and multi labels, some of them hidden."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.prior import yes_place
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics._by_column import by_column, of_rare, ranks_of
from labelfeed.metrics._weighted import area, both, calibration_error, mean
from labelfeed.results import Result

__all__ = ["Scores", "accuracy_gains", "mean_scores", "score"]


@dataclasses.dataclass(frozen=True)
class Scores(Result):
    """Scores of predictions on labels that the model did not read; `None` where there is none.

    Args:
        rows: Rows with at least one scored label.
        labels: Scored labels (single: as many as rows); a column of classes is one label.
        accuracy: Share of scored labels predicted right, in [0, 1]; of a column of classes the
            most probable one counts.
        balanced_accuracy: Mean over the classes present of the share predicted right; for several
            columns, some of them with classes, the mean of that over the columns.
        macro_auc: Mean over labels (single: classes against the rest) of the area under the ROC
            curve.
        micro_auc: Area under the ROC curve of all yes/no labels together; of multi labels only.
        average_precision: Mean over labels (single: classes against the rest; of two classes that
            of yes, or else of the rarer one) of the average precision, in [0, 1].
        macro_f1: Mean over the classes (of a yes/no label: its two states) of the F1 score of each;
            of several columns the mean over these, in [0, 1].
        rarest: Share of the rarest class, or of the rarer state of a yes/no label, among the
            scored ones, in [0, .5]; of several columns where it is farthest below an even share.
        rarest_of_even: The same as a part of an even share, in [0, 1]: times the classes there are.
        log_loss: Mean of -log(probability of the true state), in nats.
        calibration_error: Expected calibration error over ten bins of equal width, in [0, 1]: mean
            distance between the probability of a bin and the share of present labels in it; of
            a single label that of the most probable class.
        rank_error: Mean distance in ranks between the most probable class and the true one; of
            ordered classes only, mean over their columns; numbers have `metrics.numbers`.
        kappa: Quadratic weighted kappa of the same, in [-1, 1]; see `rank_scores`.
        ranks: By ordered column `rank_error`, `kappa`, and `median_error`: the rank error of the
            class in the middle of the distribution.
        auc: Area under the ROC curve of each yes/no label and each class (against the others).
        soft: Soft targets (an uncertain label as .6): left out of every score, and counted here.
        skipped: Labels without an area, because all scored rows have the same state; they are left
            out of the macro means.
    """

    rows: int = 0
    labels: int = 0
    accuracy: float | None = None
    balanced_accuracy: float | None = None
    macro_auc: float | None = None
    micro_auc: float | None = None
    average_precision: float | None = None
    macro_f1: float | None = None
    rarest: float | None = None
    rarest_of_even: float | None = None
    log_loss: float | None = None
    calibration_error: float | None = None
    rank_error: float | None = None
    kappa: float | None = None
    ranks: dict[str, dict[str, float | None]] = dataclasses.field(default_factory=dict)
    auc: dict[str, float] = dataclasses.field(default_factory=dict)
    soft: int = 0
    skipped: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        return self.to_dict()


def score(
    labels: np.ndarray,
    probabilities: np.ndarray,
    spec: LabelSpec,
    weights: np.ndarray | None = None,
) -> Scores:
    """Score probabilities against labels.

    Args:
        labels: int array of shape `(n,)` or `(n, num_labels)`; -1 is not scored (unknown, or
            read by the model). Of float multi labels, NaN and what is neither 0 nor 1.
        probabilities: Array of shape `(n, num_classes)`, in [0, 1].
        spec: What the labels are.
        weights: Weights, >= 0, `(n,)` or `(n, num_labels)`, in every score; a label of weight 0 is
            not scored. `None` counts each label once.

    Returns:
        The `Scores`; what cannot be computed is `None`, never NaN.

    Raises:
        ValueError: The shapes do not fit.

    References:
        Naeini, Cooper and Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian
        binning (expected calibration error); Guo et al. 2017, On calibration of modern neural
        networks (that of the most probable class).

    Example:
        >>> got = score(np.array([0, 1, -1]), np.eye(2)[[0, 1, 1]], LabelSpec.single(2))
        >>> got.accuracy, got.labels
        (1.0, 2)
    """
    labels, probabilities = np.asarray(labels), np.asarray(probabilities, np.float64)
    n = len(np.atleast_1d(labels))
    expected = (n, *spec.shape), (n, spec.num_classes)
    if (labels.shape, probabilities.shape) != expected:
        raise ValueError(
            f"Expected labels of shape {expected[0]} and probabilities {expected[1]}, got "
            f"{labels.shape} and {probabilities.shape}."
        )
    labels, soft = _hard(labels)
    if weights is not None:
        weights = np.asarray(weights, np.float64)
        weights = weights[:, None] if weights.ndim < labels.ndim else weights
        weights = np.broadcast_to(weights, labels.shape)
        labels = np.where(weights > 0, labels, UNKNOWN)
    known = labels != UNKNOWN
    if not known.any():
        return Scores(soft=soft, skipped=tuple(spec.name_of(i) for i in range(spec.num_classes)))
    more: dict[str, float | None] = {}
    single = not spec.shape
    yes_no = spec.label_columns[0].labels(labels) if single else labels
    # Of two classes one area says it all.
    places = [1] if single and spec.num_classes == 2 else range(spec.num_classes)
    w = np.ones(labels.shape) if weights is None else weights
    states = []
    for place in places:
        own, p = yes_no[:, place], probabilities[:, place]
        there = own != UNKNOWN
        of_own = None if weights is None else (w if single else w[:, place])[there]
        states.append((own[there] == 1, p[there], of_own))
    names = tuple(spec.name_of(i) for i in places)
    truth, flat, of_flat = labels[known] == 1, probabilities[known], w[known]
    if single or spec.class_columns:
        right, balanced, likelihood, of_right = by_column(labels, probabilities, spec, w)
    else:  # all labels together
        right, of_right = (flat >= 0.5) == truth, of_flat
        balanced = [mean(right, of_right, truth == state) for state in np.unique(truth)]
        likelihood = np.where(truth, flat, 1 - flat)
    if single:
        calibration = calibration_error(right, flat.max(axis=1), of_flat)
    else:
        calibration = calibration_error(truth, flat, of_flat)
        if both(truth):
            more["micro_auc"] = area(truth, flat, None if weights is None else of_flat)
    scored = [state for state in states if both(state[0])]
    if scored and len(places) < spec.num_classes:  # of two classes
        present, p, of_own = scored[0]
        if yes_place(spec) is None and 2 * present.sum() > len(present):
            scored = [(~present, 1 - p, of_own)]
    if scored:
        precisions = [average_precision_score(t, p, sample_weight=v) for t, p, v in scored]
        more["average_precision"] = float(np.mean(precisions))
    more |= of_rare(labels, probabilities, spec, w)
    ranks = ranks_of(labels, probabilities, spec, w)
    for name in ("rank_error", "kappa"):
        of_columns = [found[name] for found in ranks.values()]
        there = [value for value in of_columns if value is not None]
        more[name] = float(np.mean(there)) if there else None
    areas = {
        name: area(*state) for name, state in zip(names, states, strict=True) if both(state[0])
    }
    losses = -np.log(np.clip(likelihood, 1e-7, 1.0))
    return Scores(
        rows=int(known.sum() if known.ndim == 1 else known.any(axis=1).sum()),
        labels=len(right),
        accuracy=mean(right, of_right) if len(right) else None,
        balanced_accuracy=float(np.mean(balanced)) if balanced else None,
        macro_auc=float(np.mean(list(areas.values()))) if areas else None,
        log_loss=mean(losses, of_right) if len(right) else None,
        calibration_error=calibration,
        ranks=ranks,
        auc=areas,
        soft=soft,
        skipped=tuple(name for name in names if name not in areas),
        **more,
    )


def mean_scores(drawn: list[Scores]) -> dict[str, Any]:
    """Return the mean of each score over the draws that have it, as JSON types."""

    def mean(values: list[float | None]) -> float | None:
        there = [v for v in values if v is not None]
        return float(np.mean(there)) if there else None

    names = [*drawn[0].auc, *drawn[0].skipped]
    areas = {name: mean([s.auc.get(name) for s in drawn]) for name in names}
    means = {
        field.name: mean([getattr(s, field.name) for s in drawn])
        for field in dataclasses.fields(Scores)
        if field.name not in ("rows", "labels", "ranks", "auc", "soft", "skipped")
    }
    columns = dict.fromkeys(name for s in drawn for name in s.ranks)
    ranks = {
        name: {
            key: mean([s.ranks[name][key] for s in drawn if name in s.ranks])
            for key in ("rank_error", "median_error", "kappa")
        }
        for name in columns
    }
    return {
        "rows": drawn[0].rows,
        "labels": round(float(np.mean([s.labels for s in drawn]))),
        **means,
        "soft": drawn[0].soft,
        "ranks": ranks,
        "auc": {name: value for name, value in areas.items() if value is not None},
        "skipped": [name for name, value in areas.items() if value is None],
    }


def accuracy_gains(
    labels: np.ndarray, ours: np.ndarray, theirs: np.ndarray, spec: LabelSpec
) -> np.ndarray:
    """Return how much more of each row's labels one prediction has right than another.

    The labels of one row are no independent trials: the mean of each row counts once.

    Args:
        labels: As for `score`.
        ours: Probabilities `(n, num_classes)`.
        theirs: The same of a peer.
        spec: What the labels are.

    Returns:
        float array `(rows with a known label,)`, in [-1, 1], for `interval_of`.

    Example:
        >>> labels, ours = np.array([0, 1, -1]), np.eye(2)[[0, 1, 1]]
        >>> accuracy_gains(labels, ours, np.eye(2)[[0, 0, 0]], LabelSpec.single(2)).tolist()
        [0.0, 1.0]
    """
    right, there = [], []
    for column in spec.label_columns:
        ids = column.ids(labels)
        found = [column.probabilities(p).argmax(axis=1) == ids for p in (ours, theirs)]
        there.append(ids != UNKNOWN)
        right.append((found[0].astype(float) - found[1]) * there[-1])
    count = np.sum(there, axis=0)
    gains: np.ndarray = (np.sum(right, axis=0) / np.maximum(count, 1))[count > 0]
    return gains


def _hard(labels: np.ndarray) -> tuple[np.ndarray, int]:
    """Return labels with soft ones as unknown, and the number of those."""
    if labels.dtype.kind != "f" or labels.ndim < 2:
        return labels, 0
    soft = (labels > 0) & (labels < 1)
    return np.where((labels == 0) | (labels == 1), labels, UNKNOWN).astype(np.int32), int(
        soft.sum()
    )
