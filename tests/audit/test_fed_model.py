"""The findings about a `LabelFedModel`, each with a sound model beside it."""

from __future__ import annotations

import pytest

import labelfeed
from labelfeed.audit.leak import audit
from tests.audit.cases import ScoresShown
from tests.audit.test_training_step import SPEC, X, Y, made

pytestmark = pytest.mark.only_backend("torch")


class CountsShown(labelfeed.LabelFedModel):
    """Lets metrics count labels that the network was shown."""

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        features = x["labelfeed_features"] if isinstance(x, dict) else x
        return super().compute_metrics(features, y, y_pred, sample_weight)


def kinds(model):
    return [found.kind for found in audit(model, X, Y, SPEC).findings]


def test_metrics_that_count_what_is_shown_are_a_leak() -> None:
    result = audit(made(CountsShown), X, Y, SPEC)
    assert (result.verdict, result.scored_path.shown_metrics) == ("leak", ("accuracy",))
    assert [f.kind for f in result.findings] == ["shown label in metrics"]
    assert made(CountsShown).compiled and kinds(made()) == []


def test_a_loss_that_counts_what_is_shown_is_a_leak() -> None:
    assert kinds(made(ScoresShown)) == ["shown label in loss"]


def test_metrics_of_shown_labels_that_are_called_so_are_none() -> None:
    assert kinds(made(shown_metrics=["accuracy"])) == []


def test_a_model_without_a_loss_is_said_to_be_unchecked() -> None:
    assert "not compiled" in kinds(labelfeed.LabelFedModel(made().network, SPEC))
