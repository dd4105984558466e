"""The audit of a `LabelFedModel`: what it scores must be what its network did not read."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from labelfeed.audit.chance import convicts
from labelfeed.audit.findings import Finding
from labelfeed.audit.neighbours import reads_own_label
from labelfeed.audit.results import LeakAudit
from labelfeed.audit.rows import take_rows
from labelfeed.audit.scored_path import probe_scored_path
from labelfeed.audit.training_step import probe_training_step
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Features, KerasModel

__all__ = ["audit_fed_model"]

_ROWS = 256


def audit_fed_model(
    model: KerasModel,
    features: Features,
    ids: np.ndarray,
    spec: LabelSpec,
    seed: int,
    share: float,
    head: dict[str, Any],
) -> LeakAudit:
    """Return the audit of a model that decides itself what its network reads.

    Args:
        model: `LabelFedModel`.
        features: Features of the rows.
        ids: Their label ids.
        spec: Their spec.
        seed: Seed of draws and permutations.
        share: Error rate of each test.
        head: Fields of `LeakAudit` that are known already.
    """
    few, known = take_rows(features, np.arange(min(len(ids), _ROWS))), ids[:_ROWS]
    path = probe_scored_path(model, few, known, seed)
    step = probe_training_step(model, few, known, spec, seed, path.shown_share)
    found: list[Finding] = []
    if path.evaluate_reads_label:
        text = "evaluate(x, y) does not score predictions that are free of y"
        found.append(Finding("evaluation reads label", text))
    if path.shown_is_scored:
        text = "labels that are shown to the network count in the training loss"
        found.append(Finding("shown label in loss", text))
    if path.shown_metrics:
        named = ", ".join(map(repr, path.shown_metrics))
        text = f"labels that are shown to the network count in the metrics: {named}"
        found.append(Finding("shown label in metrics", text))
    for score in step.scores if step else ():
        if convicts(score, share):
            text = f"on labels drawn at random, a training step reports: {score}"
            found.append(Finding("training step reads label", text))
    own = reads_own_label(model, seed)
    if own:
        text = "training rows read their own labels among their neighbours'"
        found.append(Finding("neighbours' own label", text))
    reasons = [finding.text for finding in found]
    if path.evaluated_loss is None:
        why = "the model is not compiled: loss and evaluation were not checked"
        found.append(Finding("not compiled", why))
    read = head["read"].read
    if not reasons and not read:
        reasons.append("the outputs are the same even when a label is shown")
        found.append(Finding("label without effect", reasons[0]))
    elif not reasons:
        reasons.append("what is scored is predicted with the label hidden")
    if own is False:
        reasons.append("training rows read no label of their own, of equal rows or their group")
    result = LeakAudit("no leak found" if read else "label not read", (), (), **head)
    if any(finding.weight == "leak" for finding in found):
        result = dataclasses.replace(result, verdict="leak")
    result = dataclasses.replace(result, reasons=tuple(reasons), scored_path=path)
    return dataclasses.replace(result, training_step=step).beside(found)
