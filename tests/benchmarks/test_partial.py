"""The benchmark of partly known labels, on the peer that trains in no time."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np

from benchmarks.__main__ import main


def test_tables_json_and_chart(capsys, tmp_path: Path) -> None:
    assert keras.backend.backend()
    out = tmp_path / "partial.json"
    arguments = ["partial", "--sets", "breast-cancer", "--peers", "chain", "--seeds", "2"]
    assert main([*arguments, "--json", str(out), "--chart", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "## breast-cancer: 342 training rows, 10 features, 11 labels" in printed
    values = json.loads(out.read_text())["breast-cancer"]["curves"]["chain"]["values"]
    auc = np.asarray(values["macro_auc"])
    assert auc.shape == (2, 5) and (auc > 0.75).all()
    assert auc[:, 3].mean() > auc[:, 0].mean() + 0.02
    assert (tmp_path / "partial-breast-cancer.png").read_bytes()[1:4] == b"PNG"
