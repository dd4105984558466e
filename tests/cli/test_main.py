from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from labelfeed import demo
from labelfeed.cli import audit as audit_command
from labelfeed.cli import main as cli
from labelfeed.options import OPTIONS
from labelfeed.runs.folder import load_run
from tests._backends import ROOT
from tests._blobs import NAMES, blobs
from tests._rows import table, write_csv, write_images

QUICK = ("--epochs", "1", "--width", "8")


def call(*args: object) -> Result:
    return CliRunner().invoke(cli.main, [str(a) for a in args])


def works(*args: object) -> Result:
    result = call(*args)
    assert result.exit_code == 0, result.output
    return result


def fails(*args: object, code: int = 2) -> str:
    """Return the one line on stderr."""
    result = call(*args)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.fixture(scope="module")
def csv(tmp_path_factory):
    return write_csv(tmp_path_factory.mktemp("csv") / "rows.csv")


@pytest.fixture(scope="module")
def multi(csv):
    """A run of two findings, trained through the command line."""
    out = csv.parent / "multi"
    works("train", csv, "--target", "cough", "--label", "fever", "--drop", "class",
          "--id-column", "id", "--out", out, *QUICK, "--quiet")  # fmt: skip
    return out


def test_help_imports_nothing_heavy():
    code = """
        import sys
        from labelfeed.cli.main import main
        for command in ([], ["train"], ["evaluate"], ["predict"], ["audit"], ["demo"]):
            try:
                main([*command, "--help"])
            except SystemExit as done:
                assert done.code == 0, done.code
        heavy = {"keras", "tensorflow", "jax", "torch", "pandas", "numpy", "sklearn", "rich"}
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, text=True,
                          capture_output=True, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "--conditioning" in done.stdout
    assert done.stderr == ""


@pytest.mark.every_backend
def test_table_end_to_end(csv, multi, tmp_path):
    assert "held-out rows" in works("evaluate", multi, csv).stdout
    result = works("evaluate", multi, csv, "--json", "--known-share", "0.25")
    assert json.loads(result.stdout)["partly_known"]["known_share"] == 0.25
    assert result.stderr == ""
    works("predict", multi, csv, "--known", "fever,cough=1", "--out", tmp_path / "p.csv")
    got = pd.read_csv(tmp_path / "p.csv")
    assert got["cough"].unique().tolist() == [1]
    assert "no leak" in works("audit", multi, csv, "--rows", "all").stdout.lower()
    audited = json.loads(works("audit", multi, csv, "--json", "--fail-on-leak").stdout)
    assert audited["leaks"] is False


def test_parquet_single_label(tmp_path):
    table().drop(columns=["cough", "fever"]).to_parquet(tmp_path / "rows.parquet")
    result = works("train", tmp_path / "rows.parquet", "--target", "class", "--out",
                   tmp_path / "run", *QUICK, "--conditioning", "branch")  # fmt: skip
    assert "90 rows, 5 without a label; 'class' of 2 classes" in result.stdout
    assert "its own copy adds nothing" in result.stderr
    assert "column 'id' left out" in result.stderr
    works("predict", tmp_path / "run", tmp_path / "rows.parquet", "--out", tmp_path / "p.parquet")
    assert len(pd.read_parquet(tmp_path / "p.parquet")) == 90


def test_one_label_alone_trains_plain_and_says_why(csv, tmp_path):
    said = works("train", csv, "--target", "class", "--drop", "cough", "--drop", "fever", "--out",
                 tmp_path / "run", *QUICK).stderr  # fmt: skip
    (line,) = (line for line in said.splitlines() if "strategy plain" in line)
    assert "its own copy tells a model nothing" in line
    options = load_run(tmp_path / "run").options
    assert (options["strategy"], options["epochs"], options["width"]) == ("plain", 1, 8)
    assert options["batch_size"] == OPTIONS["plain"]().batch_size


def test_npz(tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "d.npz", pixels=rng.random((40, 8, 8)), digit=rng.integers(0, 3, 40))
    works("train", tmp_path / "d.npz", "--features", "pixels", "--target", "digit", "--out",
          tmp_path / "run", *QUICK, "--strategy", "plain")  # fmt: skip
    assert load_run(tmp_path / "run").options["strategy"] == "plain"
    assert "held-out" in works("evaluate", tmp_path / "run", tmp_path / "d.npz").stdout
    works("predict", tmp_path / "run", tmp_path / "d.npz", "--out", tmp_path / "p.csv")
    assert list(pd.read_csv(tmp_path / "p.csv")) == ["row", "predicted", "p_0", "p_1", "p_2"]


def test_image_folder(tmp_path):
    pics = write_images(tmp_path / "pics")
    result = works("train", pics, "--out", tmp_path / "run", "--image-size", "8", *QUICK)
    assert "25 rows, 1 without a label; 'label' of 2 classes" in result.stdout
    works("evaluate", tmp_path / "run", pics)
    works("predict", tmp_path / "run", pics, "--out", tmp_path / "p.csv", "--known", "label")
    got = pd.read_csv(tmp_path / "p.csv").set_index("file")
    assert got.loc["dark/0.png", "predicted"] == "dark"
    assert got.loc["dark/0.png", "source"] == "given"
    assert got.loc["free.png", "source"] == "predicted"


def test_other_errors_exit_with_2(csv, multi, tmp_path):
    assert "holds a run already" in fails("train", csv, "--target", "class", "--out", multi)
    assert "no such run folder" in fails("evaluate", tmp_path / "none", csv)
    assert "no such file" in fails("evaluate", multi, tmp_path / "none.csv")
    assert "no such label" in fails("predict", multi, csv, "--known", "x", "--out", "p.csv")
    assert "must end in" in fails("predict", multi, csv, "--out", tmp_path / "p.xlsx")
    other = next(b for b in ("jax", "torch") if b != keras.backend.backend())
    assert "it cannot change" in fails("evaluate", multi, csv, "--backend", other)


def test_debug_shows_where(multi, tmp_path):
    result = call("evaluate", multi, tmp_path / "none.csv", "--debug")
    assert result.exit_code == 2
    assert "Traceback" in result.stderr


def test_what_nobody_expected_exits_with_3(csv, multi, monkeypatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(audit_command, "run_audit", broken)
    error = fails("audit", multi, csv, code=3)
    assert error == "Error: internal error, ZeroDivisionError: oh (--debug shows where)\n"


def test_interrupt_exits_with_130(csv, multi, monkeypatch):
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(audit_command, "run_audit", interrupted)
    assert fails("audit", multi, csv, code=130).strip() == "Interrupted."


def test_demo_is_called_with_its_folder(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(demo, "run_demo", lambda out, console: seen.append((out, console.quiet)))
    works("demo", "--out", tmp_path / "d", "--quiet")
    assert seen == [(tmp_path / "d", True)]


def test_margin_from_the_table_to_unseen_classes(tmp_path):
    files = {"rows": NAMES[:3], "few": NAMES[3:], "new": NAMES[3:]}
    for seed, (name, classes) in enumerate(files.items()):
        blobs(classes, 20, seed).to_csv(tmp_path / f"{name}.csv", index=False)
    run, rows, new = (tmp_path / name for name in ("run", "rows.csv", "new.csv"))
    margin = ("--strategy", "margin", "--head", "cosface", "--embedding-dim", "4")
    said = works("train", rows, "--target", "class", "--id-column", "id", *margin, *QUICK,
                 "--out", run).stdout  # fmt: skip
    assert "TAR at FAR 1%" in said and "recall at 1" in said
    assert "TAR at FAR 1%" in works("evaluate", run, rows).stdout
    assert "LABEL NOT READ" in works("audit", run, rows, "--rows", "all").stdout
    works("embed", run, new, "--out", tmp_path / "e.npz")
    works("embed", run, new, "--raw", "--out", tmp_path / "raw.csv")
    given = ("--prototypes", tmp_path / "few.csv", "--reject", "0.1")
    works("predict", run, new, *given, "--out", tmp_path / "p.csv")
    assert set(pd.read_csv(tmp_path / "p.csv")["predicted"].dropna()) <= {"dog", "eel"}
    out = ("--out", tmp_path / "q.csv")
    assert "reads none" in fails("predict", run, rows, "--known", "class", *out)
    assert "got 'dog'" in fails("evaluate", run, new).replace("'eel'", "'dog'")
    for wrong in (("--reject", "0.1"), ("--known", "class", *given)):
        assert call("predict", run, rows, *wrong, *out).exit_code == 2


def test_version_and_module():
    result = works("--version")
    assert result.stdout.startswith("labelfeed, version ")
    done = subprocess.run([sys.executable, "-m", "labelfeed", "--version"], cwd=ROOT, text=True,
                          capture_output=True, timeout=60, env={**os.environ})  # fmt: skip
    assert done.stdout == result.stdout


def test_the_documented_options_exist():
    known = {
        o
        for c in cli.main.commands.values()
        for p in c.params
        for o in (*p.opts, *p.secondary_opts)
    }
    for page in ("cli.md", "data.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        assert set(re.findall(r"--[a-z][a-z-]+", text)) <= known | {"--help"}
