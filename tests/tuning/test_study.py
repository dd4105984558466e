from __future__ import annotations

import json

import pytest

from labelfeed.options import OptionError, TrainingOptions
from labelfeed.tuning.errors import TuningError
from labelfeed.tuning.store import JOURNAL
from labelfeed.tuning.study import STUDY, Study, load_study, open_folder, write_study

ABOUT = {
    "file": "a1", "target": ["ill"], "sides": [], "rows": "b2", "test": "c3", "asked": "auto",
    "strategy": "plain", "given": {"plain": "network", "seed": 3}, "metric": "log_loss",
}  # fmt: skip


def test_a_study_is_loaded_when_settings_are_chosen(tmp_path):
    folder = tmp_path / "study"
    open_folder(folder, ABOUT)
    with pytest.raises(TuningError, match="not finished; the same `labelfeed tune` goes on"):
        load_study(folder)
    write_study(folder, ABOUT, {"settings": {"width": 64}})
    study = load_study(folder)
    assert study.settings == {"width": 64}
    study.check(ABOUT | {"metric": "accuracy"})
    wanted = {"plain": "network", "seed": 3, "width": 64}
    assert study.options(TrainingOptions()) == TrainingOptions("plain", given=wanted)
    assert study.options(TrainingOptions("plain", seed=3, width=64)).given == wanted
    assert study.options(TrainingOptions(depth=2)).given == wanted  # the default, said aloud


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (TrainingOptions("margin"), "of the strategy 'plain', not 'margin'"),
        (TrainingOptions(seed=4), "--seed 3, not --seed 4"),
        (TrainingOptions(width=128), "--width 64, not --width 128"),
        (
            TrainingOptions(members={"boosting": {"leaves": 8}}),
            "the default, not --member boosting.leaves=8",
        ),
        (TrainingOptions(dropout=0.5), "--dropout 0.2, not --dropout 0.5"),
    ],
)
def test_what_is_asked_beside_it_must_not_differ(tmp_path, asked, said):
    study = Study(tmp_path, ABOUT, {"width": 64})
    with pytest.raises(OptionError, match=said):
        study.options(asked)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"file": "z"}, "another data file"),
        ({"target": ["well"]}, r"target \['ill'\], not \['well'\]"),
        ({"rows": "z"}, "read otherwise"),
        ({"test": "z"}, "other test rows"),
    ],
)
def test_other_rows_are_refused_and_it_says_what_differs(tmp_path, more, said):
    with pytest.raises(TuningError, match=said):
        Study(tmp_path, ABOUT, {}).check(ABOUT | more)


def test_a_study_that_was_made_with_code_does_not_import_it(tmp_path):
    study = Study(tmp_path, {**ABOUT, "strategy": "masked", "given": {"network": "evil:build"}}, {})
    with pytest.raises(OptionError, match=r"made with code, --network evil:build.*only when you"):
        study.options(TrainingOptions())
    same = TrainingOptions(network="evil:build")
    assert study.options(same).given["network"] == "evil:build"


@pytest.mark.parametrize("settings", [{"no such": 1}, {"members": "x"}])
def test_settings_that_are_no_options_are_said_to_be_broken(tmp_path, settings):
    with pytest.raises(TuningError, match=r"study\.json is broken"):
        Study(tmp_path, {**ABOUT, "given": settings}, {}).options(TrainingOptions())


@pytest.mark.parametrize("about", [{}, {**ABOUT, "given": 3}, {"given": {}}])
def test_a_record_that_lacks_its_options_is_broken(tmp_path, about):
    write_study(tmp_path, about, {"settings": {}})
    with pytest.raises(TuningError, match=r"study\.json is broken"):
        load_study(tmp_path)


def test_a_folder_goes_on_with_the_same_study_alone(tmp_path):
    folder = tmp_path / "study"
    open_folder(folder, ABOUT)
    (folder / JOURNAL).write_text("trials")
    open_folder(folder, ABOUT)
    with pytest.raises(TuningError, match=r"metric 'log_loss', not 'accuracy'.*--overwrite"):
        open_folder(folder, ABOUT | {"metric": "accuracy"})
    open_folder(folder, ABOUT | {"metric": "accuracy"}, overwrite=True)
    assert not (folder / JOURNAL).exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    with pytest.raises(TuningError, match="other things than a study"):
        open_folder(other, ABOUT, overwrite=True)
    with pytest.raises(TuningError, match="is a file"):
        open_folder(other / "notes.txt", ABOUT)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no folder of a study"),
        ("{", "is broken"),
        ("[]", "no record of a study"),
        (json.dumps({"format": 9, "about": {}}), "the format 9"),
        (json.dumps({"format": 1, "about": {}, "result": {"verdict": "x"}}), "is broken"),
    ],
)
def test_a_broken_record_is_said_to_be(tmp_path, text, said):
    if text is not None:
        (tmp_path / STUDY).write_text(text)
    with pytest.raises(TuningError, match=said):
        load_study(tmp_path)
