"""The measured gap of a model that is coherent, and of one that is not by a known amount."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import as_predictor
from labelfeed.runs.coherence import coherence

SPEC = LabelSpec.columns([LabelSpec.single(3, name="size"), "fever", "rash"])


@pytest.mark.parametrize("change", [0.0, 0.1])
def test_gap_is_what_was_planted(change: float) -> None:
    def model(x: np.ndarray, known: np.ndarray) -> np.ndarray:
        out = np.array([[0.2, 0.3, 0.5, 0.6, 0.4]]) + np.zeros((len(x), 1))
        out[:, 3:] += change * (known[:, :3] >= 0).any(axis=1, keepdims=True)  # size is known
        return out

    labels = SPEC.encode(np.array([[1, 1, 0], [2, 0, 1]] * 150))
    predictor = as_predictor(model, SPEC, reads_label=True)
    found = coherence(predictor, np.zeros((300, 1)), labels, known_share=0.3)
    assert (found["rows"], found["questions"], found["known_share"]) == (200, 3, 0.3)
    # Of 2 + 4 + 4 ordered pairs of a question and a place of another column two are moved.
    assert found["nothing_known"] == pytest.approx(change * 2 / 10, abs=1e-6)
    assert found["partly_known"] is not None
