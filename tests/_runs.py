"""One small run of each kind, trained once for all tests of runs and commands."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests._blobs import blobs, margin_run
from tests._rows import SHORT, table, write_csv, write_images


@pytest.fixture(scope="session")
def runs(tmp_path_factory) -> SimpleNamespace:
    """Data files and run folders: `single`, `multi`, `mixed` (CSV with ids; the
    last has a column of classes), `arrays`, `images`."""
    # Not at the top: this file may be read before the backend is chosen.
    from labelfeed.cli.train import run_train
    from labelfeed.options import TrainingOptions

    root = tmp_path_factory.mktemp("runs")
    rows = write_csv(root / "rows.csv")
    pics = write_images(root / "pics")
    rng = np.random.default_rng(0)
    np.savez(root / "rows.npz", x=rng.normal(size=(60, 5)), y=rng.integers(0, 3, 60))
    table = {"id_column": "id", "features": "x"}
    reading = {
        "single": (rows, {"target": "class", "drop": ("cough", "fever"), **table}),
        "multi": (rows, {"target": "cough", "labels": ("fever",), "drop": ("class",), **table}),
        "mixed": (rows, {"target": "class", "labels": ("cough", "fever"), **table}),
        "arrays": (root / "rows.npz", {"features": "x"}),
        "images": (pics, {"features": "x", "image_size": 8, "image_color": "grey"}),
    }
    for name, (data, options) in reading.items():
        run_train(str(data), str(root / name), reading=options, quiet=True,
                  options=TrainingOptions(**{**SHORT, "epochs": 1}))  # fmt: skip
    return SimpleNamespace(
        root=root, rows=rows, npz=root / "rows.npz", pics=pics, **{n: root / n for n in reading}
    )


def untrained_run(spec):
    """Return an untrained run of cough and fever: saving and loading do not depend on training."""
    from labelfeed.data.preprocessing import Preprocessor
    from labelfeed.models.label_fed import LabelFedModel
    from labelfeed.runs.folder import Run
    from labelfeed.strategies.networks import build_network

    preprocessor = Preprocessor.fit(table()[["age", "sex", "smokes"]])
    model = LabelFedModel(build_network(preprocessor.shape, spec, width=8), spec)
    return Run(model, preprocessor, {"seed": 3}, {"kind": "table"}, {"test": [1, 2]}, {"a": 0.5})


@pytest.fixture(scope="session")
def margin_folder(tmp_path_factory) -> SimpleNamespace:
    """A margin run on ant, bee, cat; rows of dog and eel: `few` and `new`; `many`: bee to eel."""
    from labelfeed.runs.saving import save_run

    root = tmp_path_factory.mktemp("margin")
    reading = {"kind": "table", "target": "class", "id_column": "id", "features": "x"}
    save_run(dataclasses.replace(margin_run(), data=reading), root / "run")
    files = {
        "few": blobs(("dog", "eel"), each=5, seed=1),
        "new": blobs(("dog", "eel"), each=20, seed=2),
        "many": blobs(("bee", "cat", "dog", "eel"), each=20, seed=3),
    }
    for name, frame in files.items():
        frame.to_csv(root / f"{name}.csv", index=False)
    return SimpleNamespace(run=root / "run", **{name: root / f"{name}.csv" for name in files})


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path
