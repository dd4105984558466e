"""Metrics as JSON lines."""

from __future__ import annotations

import json

import pytest

from labelfeed.records.training_log import LOG, TrainingLog, read_log


def test_lines_are_there_at_once_and_replace_those_of_before(tmp_path) -> None:
    path = tmp_path / "run" / LOG
    TrainingLog(path)
    assert not path.parent.exists()
    path.parent.mkdir()
    path.write_text('{"old": 1}\n')
    log = TrainingLog(path)
    log.add(phase=1, epoch=1, loss=float("nan"))
    first = read_log(path)
    log.add(phase=1, epoch=2, loss=0.5)
    assert len(first) == 1 and first[0]["loss"] is None and first[0]["time"] >= 0
    assert [line["epoch"] for line in read_log(path)] == [1, 2]


def test_scores_are_a_line_for_what_was_known(tmp_path) -> None:
    log = TrainingLog(tmp_path / LOG)
    scores = {"accuracy": 0.5, "auc": {"a": 0.6}, "skipped": ["b"]}
    log.scores({"nothing_known": scores, "sides": {"known": scores, "rows": 3}, "rows": 4})
    found = read_log(log.path)
    assert [line["scores"] for line in found] == ["nothing_known", "sides_known"]
    assert found[0]["auc"] == {"a": 0.6} and "skipped" not in found[0]


def test_it_moves_with_its_run_and_goes_on(tmp_path) -> None:
    log = TrainingLog(tmp_path / "draft.jsonl")
    log.add(epoch=1)
    (tmp_path / "run").mkdir()
    log.move(tmp_path / "run")
    log.add(epoch=2)
    assert len(read_log(tmp_path / "run" / LOG)) == 2 and not (tmp_path / "draft.jsonl").exists()
    log.discard()
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("text", ["", "[1]\n", '{"a": 1', "[" * 100_000])
def test_broken_lines_are_left_out(tmp_path, text: str) -> None:
    (tmp_path / LOG).write_text(json.dumps({"epoch": 1}) + "\n" + text)
    assert [line["epoch"] for line in read_log(tmp_path / LOG)] == [1]
    assert read_log(tmp_path / "none") == []
