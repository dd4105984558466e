"""Audit of a side label: fed on purpose, it is not the target, so using it is no leak."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.audit.findings import Finding
from labelfeed.audit.probes import AccuracyProbe
from labelfeed.audit.results import LeakAudit
from labelfeed.audit.single import read_probe
from labelfeed.audit.verdicts import Verdict
from labelfeed.labels.columns import other_classes
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.predictor import Predictor
from labelfeed.sides.relation import determines
from labelfeed.types import Features

__all__ = ["side_audit"]


def side_audit(
    predictor: Predictor,
    features: Features,
    ids: np.ndarray,
    spec: LabelSpec,
    target: np.ndarray,
    seed: int,
    head: dict[str, Any],
) -> LeakAudit:
    """Return the audit of a label that is not the target; feeding it is no leak.

    A fed label that determines the target is a leak of the data.

    Args:
        predictor: The predictor of `target`.
        features: Features of the rows.
        ids: Side label of the rows, `(n,)` or `(n, num_classes)`.
        spec: Spec of the side label.
        target: Target ids `(n,)`, or 0/1 `(n, labels)`; -1 unknown.
        seed: Seed of wrong and permuted labels.
        head: Fields of `LeakAudit` that are known already.
    """
    rng = np.random.default_rng(seed)
    permuted = rng.permutation(ids)
    wrong = other_classes(spec, ids, rng)
    raw = [predictor.fed_scores(features, fed) for fed in (ids, wrong, permuted)]
    read = read_probe(raw, predictor.fed_scores(features, ids))
    hidden = None
    if predictor.takes_unknown:
        hidden = _accuracy(predictor.fed_scores(features, np.full_like(ids, UNKNOWN)), target)
    known = target >= 0
    counts = [np.bincount(column[column >= 0]).max(initial=0) for column in np.atleast_2d(target.T)]
    accuracy = AccuracyProbe(
        true=_accuracy(raw[0], target),
        wrong=_accuracy(raw[1], target),
        permuted=_accuracy(raw[2], target),
        unknown=hidden,
        unknown_how=predictor.unknown_how,
        majority=float(sum(counts) / max(1, known.sum())),
    )
    found = tuple(
        Finding(
            "side label determines target",
            f"the fed label {name!r} determines the target{which}: it may be the target in "
            "disguise",
        )
        for name, which in _determined(ids, spec, target)
    )
    verdict: Verdict = "no leak found"
    why = "the label that is fed is not the target"
    if not known.any():
        verdict, why = "cannot tell", "there is no row with a known target"
    elif not read.read:
        verdict, why = "label not read", "the outputs are the same whatever label is fed"
    if verdict == "label not read":
        found += (Finding("label without effect", why),)
    result = LeakAudit(verdict, (why,), (), **head, accuracy=accuracy, read=read)
    return result.beside(found)


def _accuracy(scores: np.ndarray, target: np.ndarray) -> float:
    known = target >= 0
    if not known.any():
        return float("nan")
    if target.ndim == 1 and scores.shape[1] > 1:
        return float((scores.argmax(1) == target)[known].mean())
    threshold = 0.5 if scores.min() >= 0 and scores.max() <= 1 else 0.0
    return float(((scores.reshape(target.shape) > threshold) == (target == 1))[known].mean())


def _determined(ids: np.ndarray, spec: LabelSpec, target: np.ndarray) -> list[tuple[str, str]]:
    """Return the names of fed labels that determine a target, with the number of that target."""
    found = []
    for fed in spec.label_columns:
        label = fed.ids(ids)
        for j, column in enumerate(np.atleast_2d(target.T)):
            both = (label >= 0) & (column >= 0)
            if determines(label[both], column[both]):
                found.append((fed.name, "" if target.ndim == 1 else f" {j}"))
    return found
