"""The benchmark of partly known labels, on peers that train in no time."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from benchmarks.__main__ import main


@pytest.mark.only_backend("torch")  # what it trains is no network
def test_tables_json_and_chart(capsys, tmp_path: Path) -> None:
    assert keras.backend.backend()
    out = tmp_path / "partial.json"
    peer = "boosted trees x naive Bayes"  # its processes do without Keras
    arguments = ["partial", "--sets", "breast-cancer", "--seeds", "2", "--peers", peer]
    assert main([*arguments, "--json", str(out), "--chart", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "## breast-cancer: 342 training rows, 10 features, 11 labels" in printed
    found = json.loads(out.read_text())["breast-cancer"][peer]
    auc = np.asarray(found["curve"]["values"]["macro_auc"])
    assert auc.shape == (2, 4) and (auc > 0.75).all()
    assert auc[:, 3].mean() > auc[:, 0].mean() + 0.02
    assert len(found["seconds"]) == len(found["memory"]) == 2
    assert (tmp_path / "partial-breast-cancer.png").read_bytes()[1:4] == b"PNG"
