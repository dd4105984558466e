"""`labelfeed.tune` from rows to a result; what a trial trains is made up, to be quick."""

from __future__ import annotations

import importlib
import types

import numpy as np
import pytest

import labelfeed
from labelfeed.options import TrainingOptions
from labelfeed.runs.splitting import split_of_run
from labelfeed.strategies.networks import NetworkError
from labelfeed.tuning.errors import TuningError
from labelfeed.tuning.study import load_study
from tests.comparison._rows import findings, turned

_ROOM = importlib.import_module("labelfeed.tuning.tune")
_HOW = {"trials": 6, "folds": 2}


@pytest.fixture
def trained(monkeypatch) -> list:
    """Keep what is trained; other sizes than the default score better, the farther the more."""
    kept: list = []

    def train(rows, options, *, stop=None):
        kept.append((rows, options))
        return types.SimpleNamespace(interrupted=False, options=options)

    def score(run, held, metric):
        given = run.options.given
        kept[-1] = (*kept[-1], held)
        leaves = given.get("members", {}).get("extra-trees", {}).get("min_leaf", 2)
        return float(abs(given.get("width", 128) - 128) + 100 * abs(leaves - 2))

    monkeypatch.setattr(_ROOM, "train", train)
    monkeypatch.setattr(_ROOM, "hidden_score", score)
    return kept


def test_only_training_rows_of_the_run_are_trained_on_or_scored(trained, tmp_path):
    dataset, steps = turned(120), []
    asked = TrainingOptions("plain", plain="extra-trees", seed=3, deploy_prior="benign=0.4")
    found = labelfeed.tune(
        dataset, options=asked, out=tmp_path / "s", on_step=lambda *step: steps.append(step), **_HOW
    )
    test = set(split_of_run(dataset, asked.of("plain"))[0].test)
    for learn, options, held in trained:
        assert not test & {*learn.row_ids, *held.row_ids}
        assert not {*learn.row_ids} & {*held.row_ids}
        assert options.given["test_share"] == 0 and "deploy_prior" not in options.given
    assert found.held_out == len(test) == 24 and found.rows == 96
    assert found.settings["members"]["extra-trees"]["min_leaf"] != 2
    assert found.options.given["seed"] == 3 and "deploy_prior" in found.options.given
    assert steps[-1][0] == 1.0 and "left" in steps[-1][1]
    assert load_study(tmp_path / "s").options(TrainingOptions()) == found.options
    many = len(trained)
    again = labelfeed.tune(dataset, options=asked, out=tmp_path / "s", **_HOW)
    assert again == found and len(trained) == many
    with pytest.raises(TuningError, match="other test rows"):
        labelfeed.tune(dataset, options=TrainingOptions("plain", plain="extra-trees"),
                       out=tmp_path / "s", **_HOW)  # fmt: skip


def test_a_network_stays_a_network_where_its_settings_are_the_defaults(trained):
    found = labelfeed.tune(findings(80), options=TrainingOptions(plain="network"), **_HOW)
    assert {options.given["plain"] for _, options, _ in trained} == {"network"}
    assert found.settings["width"] < 128 and found.strategy == "partial-labels"
    assert "hidden_rate" in found.space and found.metric == "log_loss"


def test_ctrl_c_ends_it_after_the_fold_at_the_latest(trained):
    with pytest.raises(KeyboardInterrupt):
        labelfeed.tune(
            turned(80), options=TrainingOptions("plain"), stop=lambda: len(trained) > 2, **_HOW
        )
    assert len(trained) == 3


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ({"trials": 0}, TuningError, "at least 1, got 0"),
        ({"metric": "auc"}, TuningError, "no metric 'auc'"),
        ({"options": TrainingOptions("plain", plain="logistic")}, TuningError, "nothing to tune"),
        ({"folds": 1}, TuningError, "1 folds need at least 2"),
        ({"options": TrainingOptions("partial-labels")}, NetworkError, "several label columns"),
    ],
)
def test_what_cannot_be_tuned_is_said_before_anything_is_trained(trained, how, error, said):
    with pytest.raises(error, match=said):
        labelfeed.tune(turned(80), **{**_HOW, "options": TrainingOptions("plain"), **how})
    assert not trained


def test_too_few_rows_are_said(trained):
    x, y = np.random.default_rng(0).normal(size=(40, 2)), np.arange(40) % 2
    with pytest.raises(TuningError, match="Too few training rows"):
        labelfeed.tune(x, y, **_HOW)
