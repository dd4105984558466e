"""Tables of the benchmark of partly known labels, on made-up scores."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from benchmarks.partial_figures import figures_of, gains, standing, table
from benchmarks.partial_one import SHARES, Trained
from labelfeed.metrics.information import InformationCurve


def curve(auc: list[float], loss: list[float]) -> InformationCurve:
    """One value a seed, the same at every share."""
    values = {"macro_auc": auc, "log_loss": loss}
    rows = {name: tuple((v,) * 4 for v in found) for name, found in values.items()}
    return InformationCurve(SHARES, rows, (1.0,) * 4)


@pytest.mark.only_backend("torch")  # nothing here depends on it
def test_scores_gains_and_where_it_stands() -> None:
    assert keras.backend.backend()
    curves = {
        "ours": curve([0.80, 0.82], [0.30, 0.32]),
        "trees": curve([0.78, 0.801], [0.28, 0.301]),
        "bayes": curve([0.70, 0.83], [0.50, 0.51]),
    }
    done = [Trained([], 3.0, 2.0, 90.0, "said"), Trained([], 5.0, 4.0, 100.4)]
    line = table(curves, dict.fromkeys(curves, done)).splitlines()[2]
    cells = [cell.strip() for cell in line.split("|")[1:-1]]
    assert cells == ["ours", " ".join([".810"] * 4), " ".join([".310"] * 4), "4", "3", "100"]
    lines = gains(curves, "ours").splitlines()
    assert len(lines) == 2 + 4 and "+1.9 [+1.3, +2.6] 2/2" in lines[2]
    assert "log loss / 1000" in lines[3] and "-19.5 [-25.9, -13.1] 0/2" in lines[3]
    auc, loss = standing({"some": curves}, "ours").splitlines()[2:]
    assert auc.count("first +1.9 [+1.3, +2.6] (trees)") == 4
    assert loss.count("behind -19.5 [-25.9, -13.1] (trees)") == 4
    even = standing({"some": {p: curves[p] for p in ("ours", "bayes")}}, "ours").splitlines()[2]
    assert even.count("tied +4.5") == 4
    assert figures_of(curves["ours"], done)["memory"] == [90.0, 100.4]
    one = {name: curve([a], [0.3]) for name, a in (("ours", 0.8), ("trees", 0.9))}
    assert "behind -10.0 (trees)" in standing({"some": one}, "ours")  # one seed: no interval
    assert np.isfinite(float(table(one, dict.fromkeys(one, done)).splitlines()[2].split()[-2]))
