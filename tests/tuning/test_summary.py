from __future__ import annotations

import pytest

from labelfeed.tuning.decision import Chosen, choose_trial
from labelfeed.tuning.summary import importances, tuned_of, verdict_of
from tests.tuning._studies import FOLDS, SPACE, at_chance, good_dropout, made

ABOUT = {"strategy": "plain", "given": {}, "metric": "macro_auc"}


@pytest.fixture(scope="module")
def study():
    return made(trials=30)


def test_what_is_taken_is_said_with_its_gain_and_as_options(study):
    decision = choose_trial(study, good_dropout, FOLDS)
    found = tuned_of(study, decision, SPACE, ABOUT, FOLDS, 100)
    assert str(found).startswith("tuned: +3") and "points of macro-AUC [" in str(found)
    assert "on folds dealt anew: --dropout 0." in str(found)
    assert len(found.trials) == 30 and found.trials[0].settings == {}
    assert {t.state for t in found.trials} == {"whole", "ended early"}
    assert next(iter(found.importance)) == "dropout" and found.importance["dropout"] > 0.9
    assert "30 trials were behind" in found.notes[0]
    assert found.space == {"dropout": "0 to 0.6", "boosting.leaves": "auto, 4, 8"}


def test_scores_of_a_loss_are_told_as_a_loss():
    def loss(settings, fold):
        return -good_dropout(settings, fold)

    study = made(loss)
    found = tuned_of(study, choose_trial(study, loss, FOLDS), SPACE, ABOUT | {"metric": "log_loss"},
                     FOLDS, 100)  # fmt: skip
    assert found.trials[0].value == pytest.approx(0.21) and found.tuned < found.defaults
    assert "+0.1" in str(found) and "less log loss" in str(found)


def test_defaults_that_are_kept_are_said_and_why():
    study = made(at_chance)
    said = verdict_of(choose_trial(study, at_chance, FOLDS), "macro_auc", 12)
    assert said.startswith("keep the defaults: the best of 12 trials is no surer than chance")
    alone = Chosen({}, 0, {}, 0.5, 0.5, None)
    assert verdict_of(alone, "macro_auc", 1) == "keep the defaults: the only trial is theirs"
    assert "none of 9 trials is better" in verdict_of(alone, "macro_auc", 9)


def test_few_trials_say_nothing_of_importance():
    assert importances(made(trials=4)) == {}
    found = tuned_of(made(trials=1), Chosen({}, 0, {}, 0.5, 0.5, None), SPACE, ABOUT, FOLDS, 100)
    assert found.importance == {} and "too few whole trials" in found.notes[-1]
