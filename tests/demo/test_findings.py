"""The demo's second part: a table of eleven findings, and scores at four shares of known ones."""

from __future__ import annotations

from pathlib import Path

import keras
import pandas as pd
import pytest

from labelfeed.demo.findings import SHARES, findings, write_findings
from labelfeed.options import TrainingOptions
from labelfeed.runs.rows import load_rows, select_rows

# What `make demo` runs on; its parts are tested on every backend.
pytestmark = pytest.mark.only_backend("tensorflow")


def test_the_table_has_ten_features_and_eleven_findings(tmp_path: Path) -> None:
    names = write_findings(tmp_path / "findings.csv")
    table = pd.read_csv(tmp_path / "findings.csv")
    assert len(names) == 11 and names[0] == "malignant"
    assert len(table) == 569 and table.shape[1] == 1 + 10 + 11
    assert (table["malignant"] == "yes").sum() == 212
    for name in names[1:]:
        assert abs((table[name] == "yes").mean() - 0.5) < 0.02


def test_known_findings_help(tmp_path: Path) -> None:
    assert keras.backend.backend()
    write_findings(tmp_path / "findings.csv")
    options = TrainingOptions(epochs=15, test_share=0.3, width=32)
    result = findings(tmp_path / "findings.csv", seed=0, options=options)
    assert len(result.labelfeed) == len(result.plain) == len(SHARES)
    assert result.labelfeed[3] > result.plain[3] + 0.01
    assert result.labelfeed[3] > result.labelfeed[0]
    assert max(result.plain) - min(result.plain) < 0.03  # it reads nothing


def test_the_run_knows_which_rows_it_held_out(tmp_path: Path) -> None:
    write_findings(tmp_path / "findings.csv")
    quick = TrainingOptions(epochs=1, test_share=0.3, width=4)
    run = findings(tmp_path / "findings.csv", seed=0, options=quick).run
    rows = load_rows(run, tmp_path / "findings.csv")
    chosen, what = select_rows(run, rows, tmp_path / "findings.csv", "auto")
    assert what == f"{len(chosen)} held-out rows of the training file"
    assert len(chosen) == len(run.split["test"]) < 569
