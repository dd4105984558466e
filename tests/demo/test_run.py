"""The demo as a whole: pages, charts, table and a run that predicts."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import keras
import pandas as pd
import pytest
import rich.console

from labelfeed.data.dataset import DataError
from labelfeed.demo import findings as part
from labelfeed.demo.run import run_demo
from labelfeed.options import TrainingOptions
from labelfeed.runs.folder import load_run

# What `make demo` runs on; its parts are tested on every backend.
pytestmark = pytest.mark.only_backend("tensorflow")


def test_everything_is_written_over_what_was_there(
    runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keras.backend.backend()
    shutil.copytree(runs.single, tmp_path / "demo" / "run")
    (tmp_path / "demo" / "report.html").write_text("of before")
    quick = TrainingOptions(epochs=2, test_share=0.3, width=8)
    monkeypatch.setattr(part, "TrainingOptions", lambda **_: quick)
    stream = io.StringIO()
    console = rich.console.Console(file=stream, width=100)
    page = run_demo(tmp_path / "demo", seeds=1, epochs=2, console=console)
    names = {p.name for p in (tmp_path / "demo").iterdir()}
    assert {"report.html", "own-label.png", "findings.png", "findings.csv", "run"} == names
    assert "follows wrong" in page.read_text(encoding="utf-8")
    assert "75 % known" in stream.getvalue()
    run = load_run(tmp_path / "demo" / "run")
    rows = pd.read_csv(tmp_path / "demo" / "findings.csv").head(3)
    assert run.predict(rows).shape == (3, 11)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine")
    with pytest.raises(DataError, match="is a file"):
        run_demo(tmp_path / "demo")
