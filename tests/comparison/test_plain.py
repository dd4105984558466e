"""The plain model of a split, and what it says with labels known."""

from __future__ import annotations

import numpy as np

from labelfeed.comparison.design import split_of
from labelfeed.comparison.plain import as_given, plain_model, reading, reads_labels
from tests.comparison._rows import design_of, findings, turned


def test_a_single_label_is_given_as_ids_and_reads_nothing() -> None:
    split = split_of(design_of(turned()), 0, 0)
    assert as_given(split.y, split.spec).shape == (len(split.x),)
    assert not reads_labels(split)


def test_known_labels_and_a_shift_are_added_to_the_logits() -> None:
    split = split_of(design_of(findings(90)), 0, 0)
    assert reads_labels(split)
    model, point = plain_model(split, "logistic", 0, read=True), split.points["50% known"]
    p = reading(split, model)(point)
    assert np.allclose(p, model.predict_proba(split.test_x, point.known))
    q = reading(split, model, np.log([2.0, 1.0, 1.0]))(point)
    assert np.allclose(q[:, 0] / (1 - q[:, 0]), 2 * p[:, 0] / (1 - p[:, 0]))
    assert np.allclose(q[:, 1:], p[:, 1:])
