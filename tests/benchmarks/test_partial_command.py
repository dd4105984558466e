"""The row "from the command line": a run of `labelfeed train` on the rows of the others."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest

from benchmarks import partial_command
from benchmarks.partial_data import split
from labelfeed.cli.main import main
from labelfeed.options import PartialLabelsOptions
from labelfeed.runs import folder


@pytest.mark.only_backend("torch")  # what it calls is tested on every backend elsewhere
def test_it_trains_the_rows_of_the_others_by_its_own_defaults(monkeypatch) -> None:
    assert keras.backend.backend()
    parts, runs, call = split("breast-cancer", None, seed=0), [], partial_command._call
    monkeypatch.setattr(
        partial_command, "_call", lambda main, given: call(main, [*given, "--plain", "logistic"])
    )
    load = folder.load_run
    monkeypatch.setattr(folder, "load_run", lambda path: runs.append(load(path)) or runs[-1])
    whose = tuple(np.arange(len(x)) // 2 for x in parts.raw)
    predict = partial_command.from_command_line(dataclasses.replace(parts, groups=whose), 3)
    (run,) = runs
    own = PartialLabelsOptions(seed=3, test_share=0.0, plain="logistic")
    assert run.options == {"strategy": "partial-labels", **dataclasses.asdict(own)}
    done = run.metrics["training"]
    assert (done["train_rows"], done["validation_rows"]) == (342 + 57, 0)
    assert predict.note.startswith("plain: logistic 100%")
    assert "group" not in [column.name for column in run.preprocessor.columns]
    (x, y) = parts.test
    known = np.where(np.arange(11) < 5, y, -1)
    found = predict(x, known)
    assert found.shape == y.shape
    assert np.abs(found - predict(x, np.full_like(y, -1))).max() > 1e-4
    with pytest.raises(ValueError, match="Expected the 170 test rows, got 3"):
        predict(x[:3], known[:3])
    with pytest.raises(RuntimeError, match="exited with 2"):
        call(main, ["train", "nowhere.csv"])
