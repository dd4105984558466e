"""The benchmark of training-only columns: what is drawn, and its table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from benchmarks import training_only
from benchmarks.__main__ import main


@pytest.mark.only_backend("torch")  # nothing of it is computed by Keras
def test_rows_are_drawn_as_said() -> None:
    rows = training_only.drawn("second reading", 4000, 0)
    assert abs((rows.y != rows.true).mean() - 0.25) < 0.03
    assert abs((rows.z[:, 0] != rows.true).mean() - 0.15) < 0.03
    assert (
        training_only.drawn("copy", 50, 0).z[:, 0] == training_only.drawn("copy", 50, 0).y
    ).all()
    quick = training_only.drawn("reading time", 4000, 0)
    assert (quick.y == quick.true)[quick.z[:, 0] >= 0.5].all()
    assert np.isfinite(training_only.drawn("severity", 50, 0).z).all()


@pytest.mark.only_backend("torch")
def test_the_table_has_the_bounds(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_only, "TEST", 100)
    monkeypatch.setattr(training_only, "_plain", LogisticRegression)
    asked = ["--sets", "severity", "--rows", "60", "--seeds", "1"]
    assert main(["training-only", *asked]) == 0
    printed = capsys.readouterr().out
    for peer in ("plain", "always taught", "--training-only", "as a feature"):
        assert peer in printed
