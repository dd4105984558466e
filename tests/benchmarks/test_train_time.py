"""The benchmark of training time: its rows, what is measured of a command, and what fails."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from benchmarks import train_time
from benchmarks.train_time_peers import PEERS

# The processes are others: one backend tells all.
pytestmark = pytest.mark.only_backend("torch")


def test_rows_have_features_and_labels_that_go_together(tmp_path) -> None:
    train_time.write_rows(tmp_path / "rows.csv", 2000, 3)
    found = pd.read_csv(tmp_path / "rows.csv")
    assert list(found) == [*(f"x{i}" for i in range(20)), "y0", "y1", "y2"] and len(found) == 2000
    labels = found[["y0", "y1", "y2"]]
    assert labels.mean().between(0.1, 0.9).all() and labels.corr().loc["y0", "y1"] > 0.05


def test_a_command_is_measured_and_one_that_fails_says_why() -> None:
    burn = "b = bytearray(200 << 20); sum(i for i in range(3_000_000))"
    found = train_time.measured([sys.executable, "-c", burn])
    assert found["cpu"] > 0.05 and found["wall"] > 0.05 and 200 < found["peak_mb"] < 2000
    with pytest.raises(RuntimeError, match="not so"):
        train_time.measured([sys.executable, "-c", "raise SystemExit('not so')"])


def test_a_table_of_peers_and_one_line_for_what_is_not_there(capsys, monkeypatch) -> None:
    monkeypatch.setitem(PEERS, "RealMLP", ("no_such_package", PEERS["RealMLP"][1]))
    train_time.main(
        "--rows 60 --labels 2 --repeats 1 --backends --peers MLPClassifier RealMLP".split()
    )
    found = capsys.readouterr()
    assert "RealMLP is left out: no_such_package is not installed." in found.err
    (line,) = [line for line in found.out.splitlines() if line.startswith("| 60 ")]
    rows, labels, name, wall, cpu, floor, _, peak, ratio = (
        c.strip() for c in line[1:-1].split("|")
    )
    assert (rows, labels, name, ratio) == ("60", "2", "MLPClassifier", "1.00")
    assert min(float(wall), float(floor), float(cpu)) > 0 and float(peak) > 50
