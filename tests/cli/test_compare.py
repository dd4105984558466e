"""`labelfeed compare` as its user meets it, without trees, to be quick."""

from __future__ import annotations

import importlib
import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from labelfeed.cli.compare import run_compare
from labelfeed.cli.main import main
from labelfeed.comparison.contenders import applying
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


def test_from_file_to_sentence_and_page(scans) -> None:
    path, out = scans
    asked = ["compare", str(path), "--target", "malignant", "--side", "scanner", "--out", str(out),
             "--plain", "logistic", "--by", "scanner", "--processes", "1"]  # fmt: skip
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    assert "pays: side-label +" in done.stdout and "when scanner is known" in done.stdout
    page = (out / "report.html").read_text()
    assert "pays: side-label" in page and "Command: labelfeed" in page and "By scanner" in page
    again = CliRunner().invoke(main, [*asked, "--json"])
    told = json.loads(again.stdout)
    assert told["verdict"] in done.stdout and told["splits"] == 10
    other = CliRunner().invoke(main, [*asked, "--seed", "1"])
    assert other.exit_code == 2 and "--overwrite" in other.stderr
    quiet = CliRunner().invoke(main, [*asked, "--quiet"])
    assert quiet.stdout == told["verdict"] + "\n" and not quiet.stderr


def test_wrong_input_is_one_line(scans, tmp_path) -> None:
    path, out = scans
    usual = ["compare", str(path), "--out", str(out), "--target", "malignant"]
    for said, more in {
        "no label input to compare": ["--drop", "scanner"],
        "such as 90s": ["--side", "scanner", "--budget", "long"],
        "no column": ["--label", "nodule"],
        "no feature, side label or label": ["--side", "scanner", "--by", "site"],
    }.items():
        done = CliRunner().invoke(main, [*usual, *more])
        assert done.exit_code == 2 and said in done.stderr and done.stderr.count("Error") == 1
    assert not out.exists()
    done = CliRunner().invoke(main, ["compare", str(path), "--out", str(out)])
    assert done.exit_code == 2 and "--target COL" in done.stderr
    done = CliRunner().invoke(main, ["compare", str(tmp_path), "--out", str(out), "--target", "y"])
    assert done.exit_code == 2 and "labelfeed embed" in done.stderr


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
