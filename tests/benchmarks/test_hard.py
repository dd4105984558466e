"""The benchmark of hard labels: what it draws, resumes and prints."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import hard, hard_networks
from benchmarks.hard_peers import PEERS, predicted
from benchmarks.hard_regimes import REGIMES, rows_of

pytestmark = pytest.mark.only_backend("torch")  # measured, not tested, are the peers
Y = np.tile(np.arange(4), 400)
X = np.random.default_rng(0).normal(size=(1600, 2)) + Y[:, None]


def test_each_regime_is_as_hard_as_it_says() -> None:
    assert set(PEERS) == set(REGIMES)
    drawn = {name: rows_of(regime, X, Y, 600, seed=0) for name, regime in REGIMES.items()}
    counts = np.sort(np.bincount(drawn["imbalance"].y))
    assert counts[-1] >= 80 * counts[0] and len(np.unique(drawn["imbalance"].target)) == 4
    for name, wrong in (("noise-pair", 0.4), ("noise-symmetric", 0.4), ("noise-none", 0.0)):
        rows = drawn[name]
        assert abs((rows.y != rows.true).mean() - wrong) < 0.05
    few = drawn["few-labels"]
    assert np.bincount(few.y[few.y >= 0]).tolist() == [10] * 4 and len(few.known().y) == 40
    assert len(drawn["neighbours"].x) == 300
    two = rows_of(REGIMES["imbalance"], X, (Y == 3).astype(int), 600, seed=0)
    assert 0 < (two.y == 1).mean() < 0.02, "the rarer of two classes is the rare one"
    for rows in drawn.values():
        assert not set(map(tuple, rows.x)) & set(map(tuple, rows.test))


def test_an_interrupted_run_goes_on(
    capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def predicted(peer: str, regime: str, rows: Any) -> np.ndarray | None:
        asked.append((peer, rows.seed))
        if peer == "kNN":
            return None
        right = np.eye(rows.classes)[rows.target]
        return right if peer == "ours" else np.full(right.shape, 1 / rows.classes)

    monkeypatch.setattr(hard, "predicted", predicted)
    monkeypatch.setattr(hard, "load", lambda name, folder: (X, Y))
    results = tmp_path / "hard.jsonl"
    command = ["--data", str(tmp_path), "--regimes", "few-labels", "--sets", "digits", "--peers",
               "plain", "kNN", "--rows", "300", "--results", str(results)]  # fmt: skip
    hard.main([*command, "--seeds", "1"])
    results.write_text(results.read_text() + '{"regime": "few-la')  # cut off while it was written
    asked.clear()
    hard.main([*command, "--seeds", "2"])
    assert asked == [("kNN", 0), ("ours", 1), ("plain", 1)]
    lines = [json.loads(t) for t in results.read_text().splitlines() if t.endswith("}")]
    assert [(d["peer"], d["seed"]) for d in lines] == [
        ("ours", 0), ("plain", 0), ("ours", 1), ("plain", 1),
    ]  # fmt: skip
    printed = capsys.readouterr()
    assert "kNN is not there" in printed.err
    (row,) = (line for line in printed.out.splitlines()[-3:] if line.startswith("| plain"))
    assert "2 of 2" in row and "+0.7" in row
    with pytest.raises(SystemExit):
        hard.main(["--data", str(tmp_path), "--peers", "kMM"])
    assert "no such peer: kMM" in capsys.readouterr().err


def test_peers_give_probabilities_and_what_is_unknown_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hard_networks, "EPOCHS", 8)
    rare = rows_of(REGIMES["imbalance"], X, Y, 300, seed=0)
    few = rows_of(REGIMES["few-labels"], X, Y, 300, seed=0)
    for peer, regime, rows in (
        ("logistic, class weights", "imbalance", rare),
        ("network, oversampled", "imbalance", rare),
        ("kNN", "few-labels", few),
        ("LabelSpreading", "few-labels", few),
    ):
        p = predicted(peer, regime, rows)
        assert p is not None
        np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-4)
        assert (p.argmax(axis=1) == rows.target).mean() > 0.3, peer
    unknown = dataclasses.replace(REGIMES["imbalance"], ours="no-such-strategy")
    monkeypatch.setitem(REGIMES, "imbalance", unknown)
    assert predicted("ours", "imbalance", rare) is None
