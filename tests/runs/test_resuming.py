from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from labelfeed.data.table import load_table
from labelfeed.options import MaskedOptions, PartialLabelsOptions, TrainingOptions
from labelfeed.records.checkpoint import CheckpointError
from labelfeed.runs.resuming import Work, about_training
from labelfeed.runs.train import train
from tests._rows import write_csv


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    path = write_csv(tmp_path_factory.mktemp("rows") / "rows.csv")
    return load_table(path, target="cough", labels=["fever"], drop=["class"])


def test_what_a_training_is_tells_rows_options_and_code_apart(rows, tmp_path, monkeypatch) -> None:
    options = PartialLabelsOptions()
    about = about_training(rows, options)
    assert about == about_training(rows, options)
    other = dataclasses.replace(rows, features=rows.features.assign(age=1.0))
    changed = {
        "rows that were read otherwise": about_training(other, options),
        "--seed": about_training(rows, dataclasses.replace(options, seed=1)),
        "control": about_training(rows, options, blanked=True),
    }
    for name, found in changed.items():
        assert [key for key in about if found[key] != about[key]] == [name]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_resumed.py").write_text("def build(shape, spec): ...\n")
    own = MaskedOptions(network="own_resumed:build")
    before = about_training(rows, own)["code of own_resumed:build"]
    (tmp_path / "own_resumed.py").write_text("def build(shape, spec): pass\n")
    assert len(before) == 64
    assert about_training(rows, own)["code of own_resumed:build"] != before


@pytest.mark.only_backend("torch")  # what is kept of a table is of no backend
def test_a_table_goes_on_after_the_plain_models_that_are_done(rows, tmp_path: Path) -> None:
    options = TrainingOptions(seed=1)
    folder, notes = tmp_path / "work", []

    def killed(number: int, logs: dict) -> None:
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(rows, options, on_epoch=killed, checkpoint=Work(folder, every=0))
    with pytest.raises(CheckpointError, match="--seed 1, not --seed 2"):
        train(rows, TrainingOptions(seed=2), checkpoint=folder)
    run = train(rows, options, note=notes.append, checkpoint=folder)
    assert any(line.startswith("goes on: ") for line in notes) and not folder.exists()
    plain = train(rows, options)
    assert run.metrics["nothing_known"] == plain.metrics["nothing_known"]
    assert all(
        a.tobytes() == b.tobytes()
        for a, b in zip(run.model.get_weights(), plain.model.get_weights(), strict=True)
    )
