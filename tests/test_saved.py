"""Runs and Keras files that an earlier version wrote still load, and predict what they did."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelfeed.runs.folder import load_run
from labelfeed.runs.rows import load_rows

SAVED = Path(__file__).parent / "saved"
# Of the Keras that wrote them; an older one does not read the settings that a newer one added.
WRITTEN_BY = (3, 15)
RUNS = sorted(path.parent.relative_to(SAVED) for path in SAVED.rglob("run.json"))


def _needs_the_keras_that_wrote_them() -> None:
    import keras

    if tuple(map(int, keras.__version__.split(".")[:2])) < WRITTEN_BY:
        pytest.skip(f"written by Keras {WRITTEN_BY}, which {keras.__version__} cannot read")


@pytest.mark.parametrize("place", RUNS, ids=str)
def test_a_run_of_before_predicts_the_same(place: Path, keras_backend: str) -> None:
    _needs_the_keras_that_wrote_them()
    folder = SAVED / place
    run = load_run(folder)
    rows = load_rows(run, folder.parent / "rows.csv", read_labels=False)
    sides = rows.sides.columns() if run.sides else None
    found = run.predict(rows.features, sides=sides)
    frame = pd.read_csv(folder.parent / f"{folder.name}.csv")
    wanted = frame[[c for c in frame if c.startswith("p_")]].to_numpy()
    np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=1e-5)


def test_a_keras_file_of_before_loads_in_a_fresh_process(keras_backend: str) -> None:
    _needs_the_keras_that_wrote_them()
    lines = (
        "import keras, labelfeed.models, numpy as np",
        f"model = keras.saving.load_model({str(SAVED / '0.1' / 'like_data.keras')!r})",
        "p = model.predict(np.ones((1, 3)), known={'n': 1}, verbose=0)",
        "np.testing.assert_allclose(p, [[0.457116, 0.68965]], atol=1e-5)",
    )
    for extra in SAVED.glob("0.1/*/model.keras"):
        lines += (f"keras.saving.load_model({str(extra)!r})",)
    root = SAVED.parents[1]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
