"""What the probes measured, and what follows from the numbers."""

from __future__ import annotations

import dataclasses

import pytest

from labelfeed.audit.probes import (
    AccuracyProbe,
    Chance,
    ControlProbe,
    FeatureCopyProbe,
    FollowProbe,
    HistoryProbe,
    TrainingStepProbe,
)

pytestmark = pytest.mark.only_backend("torch")
FOLLOW = FollowProbe("letter", "", 90, 0.9, 0.1, 1e-9, 1.0, 4.0, 1e-9, 1.0, 2.0, 5.0)
SCORE = Chance("training accuracy", 0.9, 0.5, 1e-9)


def test_follow_probe_derives_excess_and_strength() -> None:
    assert FOLLOW.excess == pytest.approx(0.8)
    assert (FOLLOW.strength, FOLLOW.strength_decided) == (2.0, 2.5)
    assert dataclasses.replace(FOLLOW, spread=0.0).strength == float("inf")
    assert dataclasses.replace(FOLLOW, spread=0.0, pull=0.0).strength == 0.0


def test_the_drop_is_what_the_label_is_worth() -> None:
    assert AccuracyProbe(1.0, 0.1, 0.3, 0.75, "unknown", 0.5).drop == 0.25
    assert AccuracyProbe(1.0, 0.1, 0.3, None, "not available", 0.5).drop is None


def test_a_copy_is_a_finding() -> None:
    found = FeatureCopyProbe("code", "letter", 90).finding
    assert (found.kind, str(found)) == (
        "feature copy",
        "column 'code' determines 'letter' one to one",
    )


def test_lines_of_text() -> None:
    said = "training accuracy 0.900, chance 0.500 (p 1.0e-09)"
    assert str(TrainingStepProbe(64, (SCORE,))) == f"  a training step on random labels: {said}"
    assert str(ControlProbe(64, 8, (SCORE, SCORE))).endswith(f"{said}; {said}")
    assert str(ControlProbe(64, 8, ())).endswith("no accuracy or cross-entropy is reported")
    assert "true 0.900, own predictions 0.600" in str(HistoryProbe(0.9, 0.6, 0.5, 1e-9, 0.0))
