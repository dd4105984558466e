"""The benchmark of coherence, on a plain model that is fitted in no time."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import pytest

from benchmarks.__main__ import main


@pytest.mark.only_backend("torch")  # what it trains is no network
def test_gaps_and_pairs(capsys, tmp_path: Path) -> None:
    assert keras.backend.backend()
    out = tmp_path / "coherence.json"
    arguments = ["--sets", "breast-cancer", "--seeds", "1", "--plain", "logistic"]
    assert main(["coherence", *arguments, "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "before (Readers)" in printed and "now (LabelMixture)" in printed
    (found,) = json.loads(out.read_text())["breast-cancer"]
    assert max(found["now"]["gaps"]) < 1e-4 < min(found["before"]["gaps"])
    assert found["now"]["log_loss"][0] == found["before"]["log_loss"][0]  # nothing known
