"""The benchmark of coarsely labelled rows: its rows, and its table."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from benchmarks import class_trees
from benchmarks.__main__ import main


@pytest.mark.only_backend("torch")  # nothing of it is computed by Keras
def test_every_class_has_its_rows_and_sets_hold_the_class() -> None:
    rows = class_trees.Rows("digits", None, 3, 50, 0)
    assert np.bincount(rows.ids[rows.ids >= 0]).tolist() == [3] * 10
    assert (rows.ids < 0).sum() == 50
    assert rows.sets[np.arange(80), rows.y].all()
    assert rows.cost[0].tolist() == [0, 4, 4, 4, 4, 4, 2, 4, 2, 2]


@pytest.mark.only_backend("torch")
def test_the_table_compares_with_all_classes_known(
    capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_trees, "_plain", LogisticRegression)
    monkeypatch.setattr(class_trees, "load_digits", functools.partial(load_digits, n_class=4))
    monkeypatch.setattr(class_trees, "TEST", 100)
    asked = ["--sets", "digits", "--fine", "5", "--coarse", "40", "--seeds", "1"]
    assert main(["class-trees", *asked]) == 0
    printed = capsys.readouterr().out
    assert "and coarse rows (--tree)" in printed
    assert "all classes known" in printed
