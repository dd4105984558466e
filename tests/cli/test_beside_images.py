"""Columns beside images, through the commands."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

from labelfeed.cli.main import main
from tests._rows import write_images


@pytest.mark.only_backend("torch")  # what runs is tested on every backend elsewhere
def test_a_run_reads_the_columns_that_it_was_trained_on(tmp_path, keras_backend):
    pics = write_images(tmp_path / "pics", 8)
    files = sorted(p.relative_to(pics).as_posix() for p in pics.rglob("*.png"))
    table = pd.DataFrame({"file": files, "age": range(30, 30 + len(files)), "site": "north"})
    table["ill"] = ["yes" if name.startswith("dark") else "no" for name in files]
    table.to_csv(tmp_path / "t.csv", index=False)
    table[["file", "age"]].iloc[:-3].to_csv(tmp_path / "new.csv", index=False)

    def call(*args):
        return CliRunner().invoke(main, [str(a) for a in args])

    run = tmp_path / "run"
    done = call(
        "train", pics, "--labels-file", tmp_path / "t.csv", "--target", "ill", "--beside", "age",
        "--image-size", 6, "--epochs", 1, "--width", 4, "--out", run,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "not used: site (--beside COL" in done.stderr
    predict = ("predict", run, pics, "--out", tmp_path / "p.csv")
    refused = call(*predict)
    assert refused.exit_code == 2 and "'age' stand beside each picture" in refused.stderr
    done = call(*predict, "--labels-file", tmp_path / "new.csv")
    assert done.exit_code == 0, done.output
    assert len(pd.read_csv(tmp_path / "p.csv")) == len(files)
    done = call(
        "embed", run, pics, "--labels-file", tmp_path / "new.csv", "--out", tmp_path / "e.npz"
    )
    assert done.exit_code == 0, done.output
    assert call("evaluate", run, pics, "--labels-file", tmp_path / "t.csv").exit_code == 0
