"""The curves of a run, and that they say what `evaluate` says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labelfeed.audit.run_curves import run_curves
from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.information import FED, NOT_FED
from labelfeed.models.predictor import Predictor
from labelfeed.runs.evaluate import evaluate_run

COLOUR = LabelSpec.single(["red", "green", "blue"], name="colour")
SPECS = [LabelSpec.multi(["a", "b", "c", "d", "e"]), LabelSpec.columns([COLOUR, "a", "b", "c"])]


class Guesser(Predictor):
    """Guesses from the features, and better the more is known."""

    def __init__(self, spec: LabelSpec, **kwargs: Any) -> None:
        super().__init__(spec, **{"reads_label": True, **kwargs})

    def scores(self, x: Any, known: Any = None, sides: Any = None) -> np.ndarray:
        told = 0.0 if known is None else (known >= 0).mean(axis=1, keepdims=True)
        noise = np.random.default_rng(1).normal(size=x.shape)
        return 1 / (1 + np.exp(-(x - 0.5) * (1 + told) - noise))


def rows(spec: LabelSpec) -> Dataset:
    rng = np.random.default_rng(0)
    ids = rng.integers(
        0, [c.num_classes for c in spec.label_columns], (120, len(spec.label_columns))
    )
    ids[rng.random(ids.shape) < 0.15] = -1
    ids[::7] = -1  # rows without any label, which neither draws for
    labels = spec.encode(ids)
    return Dataset("arrays", np.maximum(labels, 0) * 1.0, labels, spec, np.arange(120), "rows")


@pytest.mark.parametrize("spec", SPECS, ids=["yes-no", "columns"])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_the_same_share_has_the_same_scores_as_in_the_table(spec: LabelSpec, share: float) -> None:
    run, data = Guesser(spec), rows(spec)
    metrics, curves = evaluate_run(run, data, share), run_curves(run, data)
    for part, name in (("partly_known", FED), ("not_fed", NOT_FED)):
        for score in ("macro_auc", "micro_auc", "average_precision", "log_loss",
                      "calibration_error"):  # fmt: skip
            found = curves[name].interval(score, share).mean
            assert found == pytest.approx(metrics[part][score], abs=1e-12), (part, score)
    assert metrics["partly_known"]["macro_auc"] != metrics["not_fed"]["macro_auc"]
    scored = curves[FED].scored[curves[FED].shares.index(share)]
    assert round(scored) == metrics["partly_known"]["labels"]


def test_one_label_has_no_curve_and_side_labels_are_not_known_in_part() -> None:
    data = rows(SPECS[0])
    assert run_curves(Guesser(SPECS[0], reads_label=False, sides=(COLOUR,)), data) == {}
    assert run_curves(Guesser(COLOUR), data) == {}
