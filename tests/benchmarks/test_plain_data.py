"""The sets of the benchmark of plain networks, and its figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import log_loss

from benchmarks.plain_data import Rows, load, scores, split
from labelfeed.labels.spec import LabelSpec


def test_parts_are_drawn_by_the_seed_and_folds_share_the_classes() -> None:
    rows = split("wine", None, 0)
    assert (len(rows.x), len(rows.test_x)) == (125, 53)
    assert np.abs(rows.x.mean(axis=0)).max() < 1e-5
    shares = np.array([rows.y[rows.folds == fold].sum(axis=0) for fold in range(5)])
    assert np.ptp(shares, axis=0).max() <= 1
    assert not np.array_equal(split("wine", None, 1).x, rows.x)
    assert len(split("breast-cancer", None, 0, rows=100).x) == 70
    assert split("breast-cancer", None, 0).y.shape[1] == 1


def test_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "phoneme.csv").write_text("0.5,1,no\n1.5,2,yes\n")
    x, y = load("phoneme", tmp_path)
    assert x.tolist() == [[0.5, 1], [1.5, 2]] and y.tolist() == [0, 1]
    (tmp_path / "letter-recognition.data").write_text("lettr,a,b\nT,1,2\nA,3,4\n")
    x, y = load("letter", tmp_path)
    assert x.tolist() == [[1, 2], [3, 4]] and y.tolist() == [1, 0]
    with pytest.raises(SystemExit, match=r"mammography.csv is not there"):
        load("mammography", tmp_path)


def test_scores_of_classes_and_of_labels() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), 40)
    y = np.eye(3, dtype=int)[rng.integers(0, 3, 40)]
    none = np.zeros(0)
    found = scores(p, Rows(LabelSpec.single(3), none, none, none, none, y))
    assert found["log_loss"] == pytest.approx(log_loss(y.argmax(axis=1), p))
    assert found["accuracy"] == (p.argmax(axis=1) == y.argmax(axis=1)).mean()
    q, z = rng.random((40, 2)), np.column_stack([rng.integers(0, 2, 40), np.zeros(40, int)])
    found = scores(q, Rows(LabelSpec.multi(2), none, none, none, none, z))
    each = [log_loss(z[:, j], q[:, j], labels=[0, 1]) for j in (0, 1)]
    assert found["log_loss"] == pytest.approx(np.mean(each))
    assert 0 < found["auc"] < 1  # of the label that has both states
