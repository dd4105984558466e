"""Which follow probes become findings."""

from __future__ import annotations

import dataclasses
import types

import pytest

from labelfeed.audit.followed import compiled_metrics, own_label_findings
from tests.audit.test_probes import FOLLOW

pytestmark = pytest.mark.only_backend("torch")


def kinds(probe=FOLLOW, metrics=(), **changes):
    probe = dataclasses.replace(probe, **changes)
    return [f.kind for f in own_label_findings([probe], 0.0025, 0.02, 0.25, metrics)]


def test_following_and_avoiding_are_told_apart() -> None:
    assert kinds() == ["own label followed"]
    away = {"p_follow": 1.0, "p_avoid": 1e-9, "follow_rate": 0.1, "control_rate": 0.9}
    assert kinds(**away, pull_decided=-5.0) == ["own label avoided"]
    still = {"p_follow": 1.0, "p_avoid": 1.0}
    assert kinds(**still) == ["own label followed"]  # by the pull
    assert kinds(**still, pull=-4.0, p_pull=1.0, p_push=1e-9) == ["own label avoided"]


def test_what_is_small_or_by_chance_is_nothing() -> None:
    assert kinds(p_follow=0.01, p_pull=0.01) == []
    assert kinds(pull_decided=0.1, pull=0.1) == []


def test_metrics_of_a_model_that_follows_count_what_they_are_shown() -> None:
    assert kinds(metrics=("accuracy",)) == ["own label followed", "shown label in metrics"]
    assert kinds(metrics=("accuracy",), p_follow=1.0, p_pull=1.0) == []
    named = [types.SimpleNamespace(name=n) for n in ("loss", "compile_metrics")]
    assert compiled_metrics(types.SimpleNamespace(metrics=named)) == ("metrics",)
    named[1].metrics = [types.SimpleNamespace(name="auc")]
    assert compiled_metrics(types.SimpleNamespace(metrics=named)) == ("auc",)
    assert compiled_metrics(len) == ()
