"""`labelfeed export` writes and says how far the file is from Keras."""

from __future__ import annotations

from labelfeed.cli.export import run_export
from labelfeed.labels.spec import LabelSpec
from labelfeed.runs.saving import save_run
from tests._runs import untrained_run


def test_one_line_says_what_was_written(tmp_path, capsys) -> None:
    run = save_run(untrained_run(LabelSpec.multi(["cough", "fever"])), tmp_path / "run")
    out = tmp_path / "model.keras"
    run_export(str(run), format="keras", out=str(out))
    said = capsys.readouterr().out
    assert "written to" in said and "differs from Keras by at most" in " ".join(said.split())
    assert out.is_file() and out.with_name("model.keras.json").is_file()
