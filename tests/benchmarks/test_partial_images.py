"""The benchmark of partly known image findings, on little of it."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import pytest

from benchmarks.__main__ import main
from examples import partial_findings


@pytest.mark.only_backend("torch")  # what it measures is tested on every backend elsewhere
def test_each_way_at_each_noise(capsys, tmp_path: Path) -> None:
    assert keras.backend.backend()
    before, out = partial_findings.NOISE, tmp_path / "images.json"
    arguments = [
        "--rows",
        "64",
        "--epochs",
        "1",
        "--seeds",
        "2",
        "--noise",
        "0.1",
        "--json",
        str(out),
    ]
    assert main(["partial-images", *arguments]) == 0
    assert "## noise 0.1: 64 training images" in capsys.readouterr().out
    found = json.loads(out.read_text())["0.1"]
    plain, ours = (found[way]["values"]["macro_auc"] for way in ("plain network", "partial-labels"))
    assert [seed[0] for seed in plain] == pytest.approx([seed[0] for seed in ours])  # 0 % known
    assert len(found) == 4
    assert before == partial_findings.NOISE
