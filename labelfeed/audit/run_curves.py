"""The information curves of a run: its known labels fed, and the very same labels not fed."""

from __future__ import annotations

import dataclasses

from labelfeed.audit.information_curve import information_curve
from labelfeed.data.dataset import Dataset
from labelfeed.metrics.information import FED, NOT_FED, InformationCurve
from labelfeed.models.wrapping import as_predictor
from labelfeed.records.held_out import HeldOut
from labelfeed.runs.evaluate import DRAWS, Evaluation, judged_rows
from labelfeed.runs.folder import Run

__all__ = ["judged_with_curves", "run_curves"]


def run_curves(run: Run, dataset: Dataset) -> dict[str, InformationCurve]:
    """Return the curves of a run of several labels over the draws that `evaluate_run` makes.

    So both say the same of the same known share.

    Args:
        run: The run.
        dataset: Raw rows with labels of the run's spec; rows that were not trained on.

    Returns:
        The curve `FED` of the run with the known labels, and `NOT_FED` of the run without any,
        scored on the same labels; empty for a run of one label, or one with side labels.
    """
    predictor = as_predictor(run)
    spec = predictor.spec
    if len(spec.label_columns) < 2 or not predictor.reads_label:
        return {}
    dataset = dataset.take(dataset.labelled)
    (predictor, x), y = predictor.prepared(dataset.features), dataset.labels
    blind = predictor.probabilities(x)
    ways = {FED: predictor, NOT_FED: lambda x, known: blind}
    return {
        name: information_curve(way, x, y, seeds=DRAWS, spec=spec, weights=dataset.weights)
        for name, way in ways.items()
    }


def judged_with_curves(run: Run, dataset: Dataset) -> tuple[Evaluation, HeldOut]:
    """Return what `judged_rows` returns, with the information curves of the run.

    Args:
        run: The run.
        dataset: As for `run_curves`.
    """
    metrics, held_out = judged_rows(run, dataset)
    return metrics, dataclasses.replace(held_out, curves=run_curves(run, dataset))
