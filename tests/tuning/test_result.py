from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from labelfeed.options import TrainingOptions
from labelfeed.tuning.result import TrialRecord, Tuned, as_options, settings_by_name
from tests.cli.test_training_options import show

SETTINGS = {"width": 64, "members": {"boosting": {"leaves": 8}}}


@pytest.fixture
def tuned() -> Tuned:
    trials = (
        TrialRecord(0, "whole", 0.5, (0.4, 0.6), {}, 1.0),
        TrialRecord(1, "failed", None, (), SETTINGS, float("nan"), "why"),
    )
    asked = {"strategy": "plain", "given": {"seed": 3}}
    space = {"width": "32 to 256", "boosting.leaves": "auto, 8"}
    return Tuned("tuned: better", SETTINGS, asked, "plain", "log_loss", 0.5, 0.4, None, SETTINGS,
                 trials, space, {}, 2, 80, 20)  # fmt: skip


def test_it_is_said_shown_and_told_as_json(tuned):
    assert str(tuned) == "tuned: better" and "<b>tuned: better</b>" in tuned._repr_html_()
    frame = tuned.to_frame()
    assert frame["boosting.leaves"].tolist() == ["default", 8] and frame["width"][1] == 64
    told = json.loads(json.dumps(tuned.to_dict(), allow_nan=False))
    assert told["trials"][1]["seconds"] is None and told["settings"] == SETTINGS


def test_its_options_are_what_was_asked_for_and_the_settings(tuned):
    assert tuned.options == TrainingOptions("plain", given={"seed": 3, **SETTINGS})
    assert settings_by_name(SETTINGS) == {"width": 64, "boosting.leaves": 8}


def test_settings_as_options_are_read_as_those_settings():
    settings = {**SETTINGS, "learning_rate": 0.00123, "side_offset": False, "hidden_rate": 0.25}
    words = as_options(settings).split()
    shown = CliRunner().invoke(show, words).output
    assert all(f"'{name}': {value!r}" in shown for name, value in settings.items())
