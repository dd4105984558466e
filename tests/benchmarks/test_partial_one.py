"""One training of the benchmark of partly known labels: what comes back to be scored."""

from __future__ import annotations

import ast

import numpy as np

from benchmarks.partial_data import split
from benchmarks.partial_one import PEERS, SHARES, trained
from tests._backends import ROOT


def test_predictions_for_each_known_share_and_what_they_cost() -> None:
    y = split("breast-cancer", None, seed=1).test[1]
    known = [np.where(np.arange(11) < round(11 * share), y, -1) for share in SHARES]
    found = trained("boosted trees x naive Bayes", "breast-cancer", None, 1, known)
    assert [p.shape for p in found.probabilities] == [y.shape] * 4
    assert np.abs(found.probabilities[0] - found.probabilities[2]).max() > 0.1
    assert found.seconds > 0 and found.processor > 0 and found.memory > 10 and found.note == ""


def test_every_peer_is_there() -> None:
    for path in PEERS.values():
        module, function = path.split(":")
        tree = ast.parse((ROOT / "benchmarks" / f"{module}.py").read_text())
        assert function in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
