"""The benchmark of labels that are known because they are present, on little of it."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from benchmarks.__main__ import main


@pytest.mark.only_backend("torch")  # what it measures is tested on every backend elsewhere
def test_both_trainings_under_both_patterns(capsys, tmp_path: Path) -> None:
    assert keras.backend.backend()
    out = tmp_path / "missingness.json"
    arguments = ["missingness", "--sets", "breast-cancer", "--seeds", "2", "--epochs", "12"]
    assert main([*arguments, "--json", str(out)]) == 0
    assert "known if absent 10%, if present 80%" in capsys.readouterr().out
    found = json.loads(out.read_text())["breast-cancer"]
    assert len(found) == 4
    biased = [
        np.mean([scores["log_loss"] for scores in found[f"known because present, {trained}"]])
        for trained in ("at random", "like the data")
    ]
    assert biased[1] < biased[0]  # silence says something, and only one of them has learned it
