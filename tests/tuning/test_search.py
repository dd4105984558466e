from __future__ import annotations

import math

import pytest

from labelfeed.tuning.errors import TuningError
from labelfeed.tuning.search import done_trials, mean, same
from tests.tuning._studies import FOLDS, good_dropout, made, noise


def drawn(study):
    return [t.user_attrs["settings"] for t in done_trials(study)]


def test_the_defaults_come_first_and_others_follow_some_ended_early():
    seen: list = []
    study = made(on_step=lambda *step: seen.append(step))
    trials = done_trials(study)
    assert len(trials) == 12 and drawn(study)[0] == {} and trials[0].state.name == "COMPLETE"
    assert trials[0].value == pytest.approx(0.2 + mean([noise(f) for f in range(FOLDS)]))
    early = [t for t in trials if t.state.name == "PRUNED"]
    assert early and all(len(t.user_attrs["folds"]) < FOLDS for t in early)
    assert max(t.value for t in trials if t.value is not None) > trials[0].value
    assert seen[0] == (0, 1 / FOLDS, "") and len(seen) == sum(
        len(t.user_attrs["folds"]) for t in trials
    )


def test_after_an_interruption_it_goes_on_as_if_there_had_been_none(tmp_path):
    calls: list = []

    def breaks_off(settings, fold):
        calls.append(fold)
        if len(calls) == 14:
            raise KeyboardInterrupt
        return good_dropout(settings, fold)

    with pytest.raises(KeyboardInterrupt):
        made(breaks_off, folder=tmp_path)
    study = made(folder=tmp_path, trials=8)
    assert [t.state.name for t in study.trials].count("FAIL") == 1
    assert not any(t.state.name == "RUNNING" for t in study.trials)
    assert len(done_trials(study)) == 8
    whole = made(trials=8)
    assert drawn(study)[:4] == drawn(whole)[:4]  # the fifth one was broken off
    assert made(trials=8, seed=1).trials[1].params != whole.trials[1].params


def test_defaults_that_were_killed_are_made_again_at_the_end(tmp_path):
    study = made(trials=1, folder=tmp_path, score=good_dropout)
    killed = study.ask()  # another process took the defaults, and is no more
    killed.set_user_attr("settings", {})
    assert len(done_trials(study)) == 1
    fresh = made(trials=2, folder=tmp_path)
    assert drawn(fresh)[0] == {} != drawn(fresh)[1]


def test_settings_that_cannot_train_count_and_the_same_ones_are_not_trained_twice():
    calls: list = []

    def fails(settings, fold):
        calls.append((str(settings), fold))
        if settings.get("members"):
            raise ValueError("the loss became NaN")
        return math.nan if settings.get("dropout", 0) > 0.4 else 0.5

    study = made(fails, sampler="random")
    failed = [t for t in done_trials(study) if "failed" in t.user_attrs]
    told = {t.user_attrs["failed"] for t in failed}
    assert len(done_trials(study)) == 12 and len(calls) == len(set(calls))
    assert "ValueError: the loss became NaN" in told


def test_defaults_that_cannot_be_scored_are_an_error():
    def no_score(settings, fold):
        return math.nan

    with pytest.raises(TuningError, match="defaults cannot be scored: there is no score"):
        made(no_score)


def test_settings_are_the_same_in_any_order():
    assert same({"a": 1, "b": 2}, {"b": 2, "a": 1}) and not same({"a": 1}, {"a": 2})
