"""The benchmark of several annotators on few rows."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from benchmarks import annotators
from benchmarks.__main__ import main

pytestmark = pytest.mark.only_backend("torch")  # no Keras in it


def test_readers_err_and_label_as_often_as_planted() -> None:
    x, true = load_digits(return_X_y=True)
    rows = annotators.Read(x, true, (0.1, 0.4), 0.5, 1100, seed=0)
    assert abs((rows.given == -1).mean() - 0.5) < 0.04
    assert np.abs(rows.wrong - [0.1, 0.4]).max() < 0.06
    told = rows.given[:, 1] != -1
    steps = (rows.given[told, 1] - rows.true[told]) % 10
    assert set(steps.tolist()) == {0, 1}, "the second reader errs to the next class"


def test_the_table_has_every_way(
    capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotators, "_plain", lambda: "logistic")
    monkeypatch.setattr(annotators, "load_digits", functools.partial(load_digits, n_class=3))
    out = tmp_path / "annotators.json"
    asked = ["--sets", "digits", "--readers", "2 readers, 15 and 40 % wrong", "--seeds", "1",
             "--rows", "150", "--json", str(out)]  # fmt: skip
    assert main(["annotators", *asked]) == 0
    assert "digits, 2 readers, 15 and 40 % wrong: 150 rows" in capsys.readouterr().out
    found = json.loads(out.read_text())["digits, 2 readers, 15 and 40 % wrong"]
    assert {annotators.OURS, "majority", "true labels"} <= set(found)
    right = {way: own["right labels"][0] for way, own in found.items()}
    assert right[annotators.OURS] > right["majority"] + 0.05
