"""A run is opened by its ONNX copy where that does, and by Keras where it does not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from labelfeed.cli.opened import open_run
from labelfeed.runs.onnx_copy import OnnxRun
from tests._runs import untrained_run
from tests.runs._copies import ROWS, SPEC, write_run

_WITHOUT_KERAS = """
import sys
from labelfeed.cli.main import main
try:
    main(sys.argv[1:], standalone_mode=False)
except SystemExit as done:
    assert not done.code, done.code
heavy = {"keras", "sklearn", "scipy", "matplotlib", "tensorflow"} & set(sys.modules)
assert not heavy, heavy
print("light")
"""


def test_predict_and_ask_import_nothing_heavy(tmp_path) -> None:
    run, rows = write_run(tmp_path / "run"), tmp_path / "rows.csv"
    ROWS.to_csv(rows, index=False)
    commands = (
        ["predict", run, rows, "--out", tmp_path / "out.csv", "--known", "fever=1"],
        ["ask", run, rows, "--about", "cough", "--row", "1"],
    )
    for command in commands:
        given = [sys.executable, "-c", _WITHOUT_KERAS, *map(str, command)]
        done = subprocess.run(given, check=True, capture_output=True, text=True)
        assert done.stdout.endswith("light\n"), done.stdout  # it came to the end
    assert len((tmp_path / "out.csv").read_text().splitlines()) == len(ROWS) + 1


def test_a_copy_that_does_not_do_is_left_with_a_line(tmp_path) -> None:
    from labelfeed.runs.saving import save_run

    run, lines = write_run(tmp_path / "run"), []
    assert isinstance(open_run(str(run), lines.append, known=True), OnnxRun) and not lines
    save_run(untrained_run(SPEC), run, overwrite=True)
    loaded = open_run(str(run), lines.append)
    assert not isinstance(loaded, OnnxRun)
    assert len(lines) == 1 and "ONNX copy not used, Keras predicts" in lines[0]


@pytest.mark.parametrize(
    ("known", "fed", "lines"), [(True, 0.4, 1), (True, 0.3, 0), (False, 0.4, 0)]
)
def test_known_labels_of_a_run_that_reads_none_are_told(tmp_path, known, fed, lines) -> None:
    run, told = write_run(tmp_path / "run"), []
    record = json.loads((run / "run.json").read_text())
    record["options"] = {"strategy": "plain"}
    record["metrics"] = {"partly_known": {"log_loss": fed}, "not_fed": {"log_loss": 0.4}}
    (run / "run.json").write_text(json.dumps(record))
    open_run(str(run), told.append, known=known)
    assert len(told) == lines and all("reads no label" in line for line in told)


@pytest.mark.parametrize("given", [{"trust": "module:function"}, {"prior": 0.1}])
def test_what_takes_the_model_itself_is_not_asked_of_the_copy(tmp_path, given) -> None:
    with pytest.raises(ValueError, match=r"model\.keras|names no network"):
        open_run(str(write_run(tmp_path / "run")), print, **given)
