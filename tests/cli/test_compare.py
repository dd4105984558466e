"""`labelfeed compare` as its user meets it, without trees, to be quick."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.compare import run_compare
from labelfeed.comparison.contenders import applying
from labelfeed.comparison.errors import ComparisonError
from labelfeed.data.dataset import DataError
from tests._backends import ROOT
from tests.comparison._rows import findings, turned

_ROOM = importlib.import_module("labelfeed.comparison.compare")


@pytest.fixture
def scans(tmp_path, monkeypatch: pytest.MonkeyPatch):
    def few(*given):
        return tuple(name for name in applying(*given) if not name.startswith("trees"))

    monkeypatch.setattr(_ROOM, "applying", few)
    rows = turned(150)
    frame = pd.DataFrame(rows.features, columns=["a", "b"])
    frame["scanner"] = np.array(["A", "B"])[rows.sides.ids[:, 0]]
    frame["malignant"] = rows.labels
    frame.to_csv(tmp_path / "scans.csv", index=False)
    return tmp_path / "scans.csv", tmp_path / "comparison"


def test_from_file_to_sentence_and_page(scans, capsys) -> None:
    path, out = scans
    reading = {"target": "malignant", "sides": ("scanner",)}

    def run(**more):
        found = run_compare(str(path), str(out), reading=reading, plain="logistic", by=["scanner"],
                            processes=1, command="labelfeed compare scans.csv", **more)  # fmt: skip
        return found, capsys.readouterr()

    found, said = run()
    assert "pays: side-label +" in said.out and "when scanner is known" in said.out
    assert "two plain" not in said.out and "side-label, blanked" in said.out
    assert "10 of 25 splits" in said.err and "answer was clear" in said.err
    page = (out / "report.html").read_text()
    assert "pays: side-label" in page and "Command: labelfeed" in page and "By scanner" in page
    told = json.loads(run(as_json=True)[1].out)
    assert told["verdict"] == found.verdict and told["splits"] == 10
    quiet = run(quiet=True)[1]
    assert quiet.out == found.verdict + "\n" and not quiet.err
    with pytest.raises(ComparisonError, match="--overwrite"):
        run(seed=1)


def test_what_cannot_be_compared_is_said_before_anything_is_written(scans, tmp_path) -> None:
    path, out = scans

    def run(data=path, budget="1s", by=(), **reading):
        run_compare(str(data), str(out), reading={"target": "malignant", **reading}, budget=budget,
                    by=by, quiet=True)  # fmt: skip

    with pytest.raises(ComparisonError, match="such as 90s"):
        run(budget="long")
    with pytest.raises(ComparisonError, match="no feature, side label or label"):
        run(sides=("scanner",), by=["site"])
    with pytest.raises(DataError, match="no column"):
        run(labels=("nodule",))
    with pytest.raises(ComparisonError, match="labelfeed embed"):
        run(data=_pictures(tmp_path / "pictures"))
    assert not out.exists()


def _pictures(folder: Path) -> Path:
    (folder / "ill").mkdir(parents=True)
    (folder / "ill" / "a.png").write_bytes(b"")
    return folder


def test_the_command_takes_its_options(scans) -> None:
    path, out = scans

    words = ["--target", "malignant", "--budget", "1m", "--metric", "log-loss", "--by", "a,b",
             "--strategy", "partial-labels", "--known-share", "0.2", "--out", str(out)]  # fmt: skip
    command = [sys.executable, "-m", "labelfeed", "compare", str(path), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "'partial-labels' needs labels to read" in done.stderr


def test_what_is_done_before_ctrl_c_is_kept(scans, monkeypatch, capsys) -> None:
    path, out = scans

    def stopped(share: float, text: str) -> None:
        raise KeyboardInterrupt

    made = _ROOM.run_splits
    monkeypatch.setattr(_ROOM, "run_splits", lambda *a: made(*a[:5], stopped))
    with pytest.raises(KeyboardInterrupt):
        run_compare(str(path), str(out), reading={"target": "malignant", "sides": ("scanner",)},
                    plain="logistic", processes=1, quiet=True)  # fmt: skip
    assert "the same command goes on" in capsys.readouterr().err
    assert len((out / "splits.jsonl").read_text().splitlines()) == 1


def test_findings_of_an_npz_are_compared_too(scans, tmp_path) -> None:
    rows = findings(60)
    np.savez(tmp_path / "rows.npz", x=rows.features, y=rows.labels)
    found = run_compare(str(tmp_path / "rows.npz"), str(scans[1]), reading={}, plain="logistic",
                        processes=1, budget="2s", quiet=True)  # fmt: skip
    assert [one.name for one in found.contenders] == ["plain", "partial-labels", "bayes-product"]
