"""The benchmark of noisy labels on few rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import noisy
from benchmarks.__main__ import main


def test_as_many_labels_are_wrong_as_planted() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 5, 5000)
    for kind in ("pair", "symmetric"):
        given = noisy.planted(true, kind, 0.4, rng)
        assert abs((given != true).mean() - 0.4) < 0.03
        steps = np.unique((given - true)[given != true] % 5)
        assert steps.tolist() == ([1] if kind == "pair" else [1, 2, 3, 4])


@pytest.mark.only_backend("torch")  # what it measures is tested on every backend elsewhere
def test_the_table_has_every_peer(
    capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noisy, "_plain", lambda: "logistic")
    out = tmp_path / "noisy.json"
    asked = ["--regimes", "digits, symmetric 40 %", "--seeds", "2", "--rows", "150", "--epochs",
             "1", "--peers", "as given", noisy.OURS, "network, GCE", "true labels"]  # fmt: skip
    assert main(["noisy", *asked, "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "digits, symmetric 40 %: 150 training rows, 2 paired seeds" in printed
    found = json.loads(out.read_text())["digits, symmetric 40 %"]
    assert set(found) == {"as given", noisy.OURS, "network, GCE", "true labels"}
    assert min(found["true labels"]["accuracy"]) > max(found["as given"]["accuracy"])
