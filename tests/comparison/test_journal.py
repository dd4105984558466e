"""The folder of a comparison: what is done stays done, and belongs to these rows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.journal import Journal
from tests.comparison._rows import design_of, drawn, findings


@pytest.fixture
def design():
    return design_of(findings())


def test_goes_on_after_a_kill_in_the_middle_of_a_line(design, tmp_path) -> None:
    first = Journal(tmp_path / "deep" / "c", design)
    for at in design.plan[:2]:
        first.add(drawn(at, 0.1, design))
    first.look(2, 0.005)
    lines = tmp_path / "deep" / "c" / "splits.jsonl"
    lines.write_text(lines.read_text() + '{"split": [0, 2], "rows": [8')
    again = Journal(tmp_path / "deep" / "c", design)
    assert again.splits == first.splits and again.looks == [{"look": 2, "alpha": 0.005}]
    again.add(drawn((0, 2), 0.1, design))
    assert len(Journal(tmp_path / "deep" / "c", design).splits) == 3


def test_other_rows_and_options_are_another_comparison(design, tmp_path) -> None:
    Journal(tmp_path, design).add(drawn((0, 0), 0.1, design))
    x = design.dataset.features.copy()
    x[0, 0] += 1
    others = {
        "read otherwise": dataclasses.replace(
            design, dataset=dataclasses.replace(design.dataset, features=x)
        ),
        "another data file": dataclasses.replace(
            design, dataset=dataclasses.replace(design.dataset, fingerprint="abc")
        ),
        "seed 0, not 1": dataclasses.replace(design, seed=1),
        "known_share 0.5, not 0.25": dataclasses.replace(design, known_share=0.25),
    }
    for said, other in others.items():
        with pytest.raises(ComparisonError, match=said):
            Journal(tmp_path, other)
    assert len(Journal(tmp_path, design).splits) == 1
    replaced = Journal(tmp_path, others["seed 0, not 1"], overwrite=True)
    assert not replaced.splits and not (tmp_path / "splits.jsonl").exists()


def test_folders_of_others_are_left_alone(design, tmp_path) -> None:
    (tmp_path / "run.json").write_text("{}")
    for overwrite in (False, True):
        with pytest.raises(ComparisonError, match="other things"):
            Journal(tmp_path, design, overwrite)
    with pytest.raises(ComparisonError, match="is a file"):
        Journal(tmp_path / "run.json", design)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "comparison.json").write_text("[1")
    with pytest.raises(ComparisonError, match="no comparison"):
        Journal(tmp_path / "c", design)


def test_without_a_folder_nothing_is_written(design, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    journal = Journal(None, design)
    journal.add(drawn((0, 0), 0.1, design))
    assert len(journal.splits) == 1 and not list(tmp_path.iterdir())


def test_weights_and_sides_are_a_part_of_the_rows(design, tmp_path) -> None:
    Journal(tmp_path, design)
    weights = np.ones(60, np.float32)
    other = dataclasses.replace(design.dataset, weights=weights)
    with pytest.raises(ComparisonError, match="read otherwise"):
        Journal(tmp_path, dataclasses.replace(design, dataset=other))
