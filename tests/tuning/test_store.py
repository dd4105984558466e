from __future__ import annotations

import sys

import optuna as module
import pytest

from labelfeed.tuning.errors import TuningError
from labelfeed.tuning.store import JOURNAL, open_study, optuna, quietly
from tests.tuning._studies import made


def test_trials_are_there_when_the_folder_is_opened_again(tmp_path):
    made(trials=3, folder=tmp_path)
    assert (tmp_path / JOURNAL).is_file()
    with quietly():
        again = open_study(tmp_path)
        assert len(again.trials) == 3 and again.direction.name == "MAXIMIZE"


def test_without_optuna_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(TuningError, match=r"pip install 'labelfeed\[tune\]'"):
        optuna()


def test_what_optuna_prints_is_as_before_afterwards():
    before = module.logging.get_verbosity()
    with quietly():
        assert module.logging.get_verbosity() == module.logging.ERROR
    assert module.logging.get_verbosity() == before


def test_a_broken_journal_is_named(tmp_path):
    (tmp_path / JOURNAL).write_text('{"op_code": 99, "worker_id": "x"}\n')
    with quietly(), pytest.raises(TuningError, match=rf"{JOURNAL} is broken"):
        open_study(tmp_path)
