"""Runs whose JSON somebody has changed: they work, or are refused in words; nothing else."""

from __future__ import annotations

import json
import random
import shutil

import keras
import numpy as np
import pytest

from benchmarks.inputs_runs import DELETED, changed, places
from labelfeed.runs.folder import load_run
from labelfeed.runs.kept import RunError
from labelfeed.runs.rows import load_rows, select_rows

pytestmark = pytest.mark.only_backend("torch")  # JSON is read as on any other

VALUES = (DELETED, None, True, -1, 10**400, 1.5, "x", "", [], {}, [[]], [None], [1, 2], {"a": 1})
TRIED = 120  # of each file


@pytest.mark.parametrize("name", ["run.json", "preprocess.json", "split.json"])
@pytest.mark.parametrize(("kind", "rows"), [("mixed", "rows"), ("images", "pics")])
def test_a_changed_value_is_refused_in_words(runs, tmp_path, monkeypatch, kind, rows, name):
    path = tmp_path / "run"
    shutil.copytree(getattr(runs, kind), path)
    model, data = load_run(path).model, getattr(runs, rows)
    monkeypatch.setattr(keras.saving, "load_model", lambda path: model)
    content = json.loads((path / name).read_text())
    tried = [(place, value) for place in places(content) for value in VALUES]
    refused = 0
    for place, value in random.Random(0).sample(tried, min(TRIED, len(tried))):
        (path / name).write_text(json.dumps(changed(content, place, value)))
        try:
            run = load_run(path)
            chosen, _ = select_rows(run, load_rows(run, data), data, "auto")
            assert np.isfinite(run.predict(chosen.features)).all()
        except ValueError as error:  # with exit code 2; any other error fails the test
            assert str(error), (place, value)
            refused += isinstance(error, RunError)
    assert refused > 10
