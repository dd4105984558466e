"""The benchmark of partly known labels, on peers that train in no time."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.partial_data import split
from benchmarks.partial_one import SHARES, trained
from labelfeed.labels.known_share import leave_known
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.probabilities import score


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
    y = split("breast-cancer", None, seed=1).test[1]
    known = [leave_known(y, share, seed=1) for share in SHARES]
    again = trained(peer, "breast-cancer", None, 1, known).probabilities[2]
    hidden = np.where(known[2] == -1, y, -1)  # the same rows, known labels and training
    assert auc[1, 2] == pytest.approx(score(hidden, again, LabelSpec.multi(11)).macro_auc)
    assert len(found["seconds"]) == len(found["memory"]) == 2
    assert (tmp_path / "partial-breast-cancer.png").read_bytes()[1:4] == b"PNG"
