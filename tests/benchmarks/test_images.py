from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.images import scores


@pytest.mark.only_backend("torch")
def test_each_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "images.json"
    arguments = ["--sets", "digits", "--rows", "100", "--epochs", "1", "--json", str(out)]
    assert main(["images", *arguments]) == 0
    assert "digits, 100 pictures" in capsys.readouterr().out
    found = json.loads(out.read_text())["digits"]
    assert len(found) == 3 and all(np.isfinite(values).all() for values in found.values())


def test_scores() -> None:
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    accuracy, auc, loss = scores(np.array([0, 1, 1]), p)
    assert accuracy == pytest.approx(2 / 3) and auc == pytest.approx(1.0)
    assert loss == pytest.approx(-np.log([0.9, 0.8, 0.4]).mean())
    accuracy, auc, loss = scores(np.array([[1, 0], [0, 1], [1, 1]]), p)
    assert accuracy == pytest.approx(5 / 6)
    assert loss == pytest.approx(-np.log([0.9, 0.9, 0.8, 0.8, 0.6, 0.4]).mean())
