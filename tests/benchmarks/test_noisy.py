"""The benchmark of noisy labels on few rows."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

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
    monkeypatch.setattr(noisy, "load_digits", functools.partial(load_digits, n_class=3))
    out = tmp_path / "noisy.json"
    asked = ["--regimes", "digits, symmetric 40 %", "--seeds", "2", "--rows", "100", "--epochs",
             "1", "--peers", "as given", noisy.OURS, "network, GCE", "true labels"]  # fmt: skip
    assert main(["noisy", *asked, "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "digits, symmetric 40 %: 100 training rows, 2 paired seeds" in printed
    found = json.loads(out.read_text())["digits, symmetric 40 %"]
    assert set(found) == {"as given", noisy.OURS, "network, GCE", "true labels"}
    assert min(found["true labels"]["accuracy"]) > max(found["as given"]["accuracy"]) + 0.05
    right = [found[peer]["right labels"] for peer in (noisy.OURS, "as given")]
    assert max(right[0]) > max(right[1]) + 0.1, "where noise is found, labels are repaired"
