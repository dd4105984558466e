"""`labelfeed tune` and `train --like` as their user meets them, on trees, to be quick."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from labelfeed.cli.main import main
from tests._rows import write_csv


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study of two trials, each of two folds of few trees."""
    folder = tmp_path_factory.mktemp("tune")
    csv = write_csv(folder / "rows.csv", rows=130)
    words = [str(csv), "--target", "class", "--id-column", "id", "--plain", "extra-trees",
             "--member", "extra-trees.trees=4"]  # fmt: skip
    made = call("tune", *words, "--out", folder / "study", "--trials", "2")
    assert made.exit_code == 0, made.output
    return folder, words, made


def call(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_from_file_to_verdict_study_and_page(study):
    folder, words, made = study
    verdict, last = made.stdout.strip().splitlines()[-2:]
    assert verdict.startswith(("tuned: +", "keep the defaults: "))
    assert "--like" in last and "report.html" in last
    page = (folder / "study" / "report.html").read_text()
    assert verdict.split(":")[0] in page and "extra-trees.features" in page
    record = json.loads((folder / "study" / "study.json").read_text())
    assert record["result"]["verdict"] == verdict and record["about"]["target"] == ["class"]
    told = call("tune", *words, "--out", folder / "study", "--trials", "2", "--json")
    assert json.loads(told.stdout)["verdict"] == verdict and not told.stderr


def test_train_like_it_has_its_settings_and_its_test_rows(study):
    folder, words, _ = study
    record = json.loads((folder / "study" / "study.json").read_text())
    # Whatever was taken: settings that are not the defaults have to reach the run.
    record["result"]["settings"] = {"members": {"extra-trees": {"min_leaf": 5}}}
    like = folder / "like"
    like.mkdir()
    (like / "study.json").write_text(json.dumps(record))
    data = words[:5]
    made = call("train", *data, "--like", like, "--out", folder / "run", "--quiet")
    assert made.exit_code == 0, made.output
    run = json.loads((folder / "run" / "run.json").read_text())
    assert run["options"]["members"] == {"extra-trees": {"trees": 4, "min_leaf": 5}}
    assert run["options"]["plain"] == "extra-trees" and run["data"]["like"] == str(like)
    test = json.loads((folder / "run" / "split.json").read_text())["test"]
    assert len(test) == record["result"]["held_out"]
    assert len(test) + record["result"]["rows"] == 130


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--seed", "1"], "--seed"),
        (["--target", "sex"], "target ['class'], not ['sex']"),
        (["--drop", "age"], "read otherwise"),
        (["--strategy", "margin"], "not 'margin'"),
    ],
)
def test_other_data_or_options_are_refused_before_training(study, more, said, tmp_path):
    folder, words, _ = study
    made = call("train", *words[:5], *more, "--like", folder / "study", "--out", tmp_path / "run")
    assert made.exit_code == 2 and said in made.stderr and not (tmp_path / "run").exists()


def test_what_tune_cannot_use_is_said(study, tmp_path):
    folder, words, _ = study
    for more, said in (
        (["--out", folder / "study", "--metric", "accuracy"], "--overwrite"),
        (["--out", tmp_path / "s", "--trials", "0"], "--trials"),
        (["--out", folder], "other things than a study"),
    ):
        made = call("tune", *words, *more)
        assert made.exit_code == 2 and said in made.stderr
    assert "like" not in call("tune", "--help").stdout.split("--like DIR")[0].split()[-1]
    assert call("train", *words[:5], "--like", tmp_path, "--out", tmp_path / "r").exit_code == 2
