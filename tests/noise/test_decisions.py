"""Decisions of a reviewer: applied as they stand, or refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from labelfeed.noise.decisions import Decision, apply_decisions, read_decisions
from labelfeed.noise.errors import NoiseError
from tests.noise.test_cleaned import made

ONE = Decision("p2", "state", "well", "ill")


def test_a_saved_file_is_read_and_applied(tmp_path) -> None:
    path = tmp_path / "decisions.json"
    entries = [
        {"row": "p2", "label": "state", "given": "well", "value": "ill"},
        {"row": "p3", "label": "state", "given": "well", "value": "well"},
        {"row": "p4", "label": "state", "given": "", "value": "well"},
    ]
    path.write_text(json.dumps({"source": "rows.csv", "decisions": entries}))
    found = read_decisions(path)
    assert found[0] == ONE
    dataset = made().dataset
    assert apply_decisions(dataset, found).tolist() == [0, 0, 1, 1]
    assert dataset.labels.tolist() == [0, 1, 1, -1]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "cannot be read"),
        ("[1]", "decisions"),
        ('{"decisions": 3}', "decisions"),
        ('{"decisions": [{"row": 1, "label": "a", "given": "", "value": "b"}]}', "decision 1"),
        ('{"decisions": [null]}', "decision 1"),
    ],
)
def test_other_files_are_refused(text, what, tmp_path) -> None:
    path = tmp_path / "decisions.json"
    path.write_text(text)
    with pytest.raises(NoiseError, match=what):
        read_decisions(path)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (Decision("p2", "stat", "well", "ill"), "Did you mean 'state'"),
        (Decision("p9", "state", "well", "ill"), "no such row"),
        (Decision("p2", "state", "well", "dead"), "never 'dead'"),
        (Decision("p2", "state", "ill", "well"), "was 'ill' and is 'well'"),
        (Decision("p2", "state", "well", "well"), "twice, and differently"),
    ],
)
def test_decisions_about_something_else_are_refused(wrong, what) -> None:
    with pytest.raises(NoiseError, match=what):
        apply_decisions(made().dataset, [wrong] if wrong.given == "ill" else [ONE, wrong])


def test_rows_that_share_an_id_are_refused() -> None:
    dataset = made().dataset.take(np.array([1, 1]))
    with pytest.raises(NoiseError, match="2 such rows"):
        apply_decisions(dataset, [ONE])
