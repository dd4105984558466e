"""`labelfeed clean` as its user meets it."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.clean import run_clean
from labelfeed.data.dataset import DataError
from labelfeed.noise.errors import NoiseError
from tests._backends import ROOT
from tests.noise._rows import planted


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    x, true, given = planted(240, rate=0.25)
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    frame.insert(0, "patient", [f"p{i}" for i in range(240)])
    frame["kind"] = np.array(["one", "two", "three"])[given]
    path = tmp_path_factory.mktemp("clean") / "scans.csv"
    frame.to_csv(path, index=False)
    return path, np.array(["one", "two", "three"])[true]


def test_from_file_to_repaired_file_to_decided_file(scans, tmp_path, capsys) -> None:
    path, true = scans
    out, page = tmp_path / "repaired.csv", tmp_path / "queue.html"
    reading = {"target": "kind", "id_column": "patient"}

    def run(out, data=path, **given):
        return run_clean(str(data), None if out is None else str(out), reading=reading,
                         plain_model="logistic", **given)  # fmt: skip

    run(out, review=str(page))
    said = capsys.readouterr().out
    assert "labels are estimated to be wrong" in said and "one written as two" in said
    before, after = pd.read_csv(path), pd.read_csv(out)
    assert (after["kind"] == true).mean() > 0.95 > 0.8 > (before["kind"] == true).mean()
    assert after[before.columns[:-1]].equals(before[before.columns[:-1]])
    assert after["kind given"].equals(before["kind"])
    wrong = before["kind"] != true
    assert after["kind error probability"][wrong].mean() > 0.8
    command = "--target kind --id-column patient --decisions decisions.json"
    assert command in page.read_text()
    with pytest.raises(DataError, match="--overwrite"):
        run(out)

    row = int(np.flatnonzero(wrong)[0])
    one = {"row": f"p{row}", "label": "kind", "given": before["kind"][row], "value": true[row]}
    saved = tmp_path / "decisions.json"
    saved.write_text(json.dumps({"decisions": [one]}))
    decided = tmp_path / "decided.csv"
    run(decided, decisions=str(saved))
    assert "1 decisions, 1 labels changed" in capsys.readouterr().out
    found = pd.read_csv(decided)
    assert found.columns.tolist() == before.columns.tolist()
    assert np.flatnonzero((found != before).any(axis=1)).tolist() == [row]
    with pytest.raises(NoiseError, match="already repaired"):
        run(out, decided, decisions=str(saved), overwrite=True)


def test_an_archive_of_arrays_gives_a_table(tmp_path) -> None:
    x, true, given = planted(240, rate=0.25)
    np.savez(tmp_path / "rows.npz", x=x, y=given)
    table = run_clean(str(tmp_path / "rows.npz"), str(tmp_path / "out.parquet"), reading={},
                      plain_model="logistic", quiet=True)  # fmt: skip
    assert (table["y"].astype(int) == true).mean() > 0.95
    assert (tmp_path / "out.parquet").is_file()


def test_what_cannot_be_cleaned_is_refused_before_the_work(scans, tmp_path) -> None:
    reading, path = {"target": "kind"}, str(scans[0])
    with pytest.raises(DataError, match="embed"):
        run_clean(str(tmp_path), str(tmp_path / "x.csv"), reading=reading)
    with pytest.raises(DataError, match=r"must end in .csv or .parquet"):
        run_clean(path, str(tmp_path / "x.txt"), reading=reading)
    with pytest.raises(DataError, match=r"must end in .html"):
        run_clean(path, None, review=str(tmp_path / "x.csv"), reading=reading)
    assert not list(tmp_path.iterdir())


def test_keras_is_not_imported() -> None:
    code = "import sys, labelfeed, labelfeed.cli.clean; labelfeed.clean"
    code += "; assert 'keras' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
