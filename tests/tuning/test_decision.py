from __future__ import annotations

import pytest

from labelfeed.tuning.decision import choose_trial
from tests.tuning._studies import FOLDS, at_chance, good_dropout, made


def test_what_is_better_on_folds_dealt_anew_is_taken():
    study, told = made(), []
    found = choose_trial(study, good_dropout, FOLDS, lambda part, text: told.append(part))
    assert found.settings["dropout"] > 0.2 and found.settings == found.best
    assert found.gain.mean == pytest.approx(found.settings["dropout"] - 0.2)
    assert found.tuned - found.defaults == pytest.approx(found.gain.mean)
    assert told[-1] == 1.0 and found.trial > 0


def test_what_was_lucky_in_the_search_is_not(tmp_path):
    study = made(at_chance, folder=tmp_path)
    found = choose_trial(study, at_chance, FOLDS)
    assert found.settings == {} and found.best["dropout"] > 0.2 and found.gain.mean <= 0

    def never(settings, fold):
        raise AssertionError("it was scored before")

    again = choose_trial(made(at_chance, folder=tmp_path), never, FOLDS)
    assert again == found


def test_defaults_win_ties_without_another_training():
    def even(settings, fold):
        assert fold < FOLDS
        return 0.5

    found = choose_trial(made(even), even, FOLDS)
    assert found.settings == {} and found.gain is None and found.tuned == found.defaults == 0.5
