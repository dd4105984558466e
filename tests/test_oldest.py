"""From a file to predictions with each strategy, through the command line.

`make test-oldest` runs this on the oldest Keras and packages that pyproject.toml promises, with
what `OLDEST_TESTS` of the Makefile names beside it. On the newest the JAX process suffices:
tests/cli covers the others.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from labelfeed.cli.main import main
from labelfeed.options import STRATEGIES
from tests._blobs import NAMES, blobs
from tests._rows import table

pytestmark = pytest.mark.only_backend("jax")
FINDINGS = ("--target", "cough", "--label", "fever", "--drop", "class")
GIVEN = {  # what does not train on the findings
    "auto": ("--target", "class", "--drop", "cough", "--drop", "fever"),
    "side-label": ("--target", "class", "--side", "sex", "--drop", "cough", "--drop", "fever"),
    "margin": ("--target", "class"),
    "noisy-labels": (*FINDINGS, "--noise-method", "gce"),
}


@pytest.mark.parametrize("strategy", sorted(set(STRATEGIES) - {"generate"}))
def test_from_a_file_to_predictions(strategy: str, tmp_path, keras_backend: str) -> None:
    frame = blobs(NAMES[:3], 20, 0) if strategy == "margin" else table()
    rows, run, out = (str(tmp_path / name) for name in ("rows.csv", "run", "p.csv"))
    frame.to_csv(rows, index=False)
    options = ("--strategy", strategy, "--id-column", "id", "--epochs", "1", "--width", "8")
    for command in (
        ("train", rows, *GIVEN.get(strategy, FINDINGS), *options, "--out", run, "--quiet"),
        ("predict", run, rows, "--out", out),
    ):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, result.output
    found = pd.read_csv(out)
    chances = found[[c for c in found if c.startswith("p_")]].to_numpy(float)
    assert len(found) == len(frame)
    assert chances.size
    assert np.all((chances >= 0) & (chances <= 1))
