from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import h5py
import numpy as np

from benchmarks.faults import PARTS
from benchmarks.faults_resume import differences


def run_folder(folder: Path, weight: float = 0.5, seconds: float = 1.0, accuracy: float = 0.9):
    folder.mkdir()
    with h5py.File(folder / "weights.h5", "w") as file:
        file["layers/dense/vars/0"] = np.full(3, weight, np.float32)
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        archive.write(folder / "weights.h5", "model.weights.h5")
    (folder / "weights.h5").unlink()
    metrics = {"training": {"seconds": {"blend": seconds}}, "accuracy": accuracy}
    (folder / "run.json").write_text(json.dumps({"metrics": metrics}))
    for name in ("preprocess.json", "split.json"):
        (folder / name).write_text("{}")
    np.savez(folder / "held_out.npz", p=np.ones(2))
    return folder


def test_what_differs_between_two_runs_is_named(tmp_path: Path) -> None:
    one = run_folder(tmp_path / "one")
    assert differences(one, run_folder(tmp_path / "same", seconds=2.0)) == ""
    near = np.nextafter(np.float32(0.5), np.float32(1))
    assert differences(one, run_folder(tmp_path / "near", weight=near)) == "weights: 1 of 1"
    assert differences(one, run_folder(tmp_path / "worse", accuracy=0.8)) == "scores"
    other = run_folder(tmp_path / "other")
    np.savez(other / "held_out.npz", p=np.zeros(2))
    assert differences(one, other) == "held-out predictions"
    (other / "split.json").write_text("[]")
    assert differences(one, other) == "split.json"
    (other / "checkpoint").mkdir()
    assert differences(one, other) == "files: ['checkpoint']"
    shutil.rmtree(other)
    assert "resume" in PARTS
