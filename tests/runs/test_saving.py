from __future__ import annotations

import dataclasses

import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.records.held_out import HELD_OUT
from labelfeed.records.stored import CARD
from labelfeed.records.training_log import LOG
from labelfeed.runs import saving
from labelfeed.runs.folder import Run, RunError, load_run
from labelfeed.runs.saving import check_free, save_run, save_scores
from tests._runs import untrained_run
from tests._stored import held_out

pytestmark = pytest.mark.only_backend("torch")  # folders are written as on any other

SPEC = LabelSpec.multi(["cough", "fever"], name="labels")


@pytest.fixture(scope="module")
def run() -> Run:
    return untrained_run(SPEC)


def test_what_is_there_is_not_overwritten_unasked(run, tmp_path):
    path = save_run(run, tmp_path / "run")
    with pytest.raises(RunError, match="holds a run already"):
        save_run(run, path)
    save_run(dataclasses.replace(run, metrics={"a": 0.7}), path, overwrite=True)
    assert load_run(path).metrics == {"a": 0.7}
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_what_belonged_to_the_run_before_goes_with_it(run, tmp_path):
    path = save_run(dataclasses.replace(run, held_out=held_out()), tmp_path / "run")
    assert (path / HELD_OUT).is_file()
    for name in (CARD, LOG):
        (path / name).write_text("of before")
    (path / "mine.txt").write_text("stays")
    save_run(run, path, overwrite=True)
    left = {p.name for p in path.iterdir()}
    assert not {CARD, LOG, HELD_OUT} & left and "mine.txt" in left


def test_a_log_that_a_kill_left_alone_is_in_nobodys_way(run, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / LOG).write_text("{}")
    save_run(run, tmp_path / "run")
    assert (tmp_path / "run" / LOG).read_text() == "{}"  # it is that of this training


def test_other_folders_are_never_replaced(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("x")
    with pytest.raises(RunError, match="is no run; choose another folder"):
        check_free(tmp_path / "thesis", overwrite=True)
    with pytest.raises(RunError, match="is a file"):
        check_free(tmp_path / "thesis" / "chapter.tex", overwrite=True)
    (tmp_path / "empty").mkdir()
    check_free(tmp_path / "empty")
    check_free(tmp_path / "new")


def test_only_files_of_a_run_are_replaced(run, tmp_path):
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    for text in ("{}", '{"format": "docx"}', "nonsense"):
        (foreign / "run.json").write_text(text)
        (foreign / "thesis.docx").write_text("years")
        with pytest.raises(RunError, match="broken, or of another program"):
            save_run(run, foreign, overwrite=True)
    assert sorted(p.name for p in foreign.iterdir()) == ["run.json", "thesis.docx"]
    path = save_run(run, tmp_path / "run")
    (path / "notes.txt").write_text("mine")
    save_run(dataclasses.replace(run, metrics={"a": 0.7}), path, overwrite=True)
    assert (path / "notes.txt").read_text() == "mine" and load_run(path).metrics == {"a": 0.7}
    (path / "split.json").unlink()
    (path / "split.json").mkdir()
    with pytest.raises(RunError, match=r"split\.json is a folder"):
        check_free(path, overwrite=True)


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("no"), KeyboardInterrupt()])
def test_the_earlier_run_stands_until_the_new_one_is_complete(run, tmp_path, monkeypatch, error):
    path = save_run(run, tmp_path / "run")

    def fail(file, content):
        if file.name.endswith("run.json"):
            raise error
        file.write_text("{}")

    with monkeypatch.context() as patch:
        patch.setattr(saving, "_write", fail)
        with pytest.raises((RunError, ValueError, KeyboardInterrupt)):
            save_run(dataclasses.replace(run, metrics={"a": 0.7}), path, overwrite=True)
        with pytest.raises((RunError, ValueError, KeyboardInterrupt)):
            save_run(run, tmp_path / "deep" / "new")
        with pytest.raises((RunError, ValueError, KeyboardInterrupt)):
            save_scores(dataclasses.replace(run, metrics={"a": 0.7}), path)
    assert load_run(path).metrics == run.metrics
    assert len(list(path.iterdir())) == 5 and list(tmp_path.iterdir()) == [path]


def test_scores_are_added_later(run, tmp_path):
    path = save_run(run, tmp_path / "run")
    save_scores(dataclasses.replace(run, metrics={"b": 1}), path)
    assert load_run(path).metrics == {"b": 1}
    assert len(list(path.iterdir())) == 5


def test_a_replacement_that_a_kill_cut_off_is_finished(run, tmp_path):
    path = save_run(run, tmp_path / "run")
    other = save_run(dataclasses.replace(run, metrics={"a": 0.7}), tmp_path / "other")
    (path / ".labelfeed-ready").mkdir()
    other.rename(path / ".labelfeed-ready" / "new")
    assert load_run(path).metrics == {"a": 0.7}
    assert len(list(path.iterdir())) == 5


def test_a_place_that_cannot_be_written_is_told_at_once(run, tmp_path):
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "run", tmp_path / ("x" * 300)):
        with pytest.raises(RunError, match="cannot be written"):
            check_free(place)
    (tmp_path / "new" / ".labelfeed-draft-x").mkdir(parents=True)
    check_free(tmp_path / "new")  # what a kill left is no file of the user's
    (tmp_path / "link").symlink_to("there")
    save_run(run, tmp_path / "link" / ".." / "link")
    assert (tmp_path / "link").is_symlink() and load_run(tmp_path / "there").metrics == {"a": 0.5}
