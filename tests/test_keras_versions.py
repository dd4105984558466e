"""Which versions of Keras are promised, and why some are not: their files can read other files."""

from __future__ import annotations

import tomllib
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def test_the_keras_that_runs_here_is_promised() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [keras_needs] = [r for r in map(Requirement, project["dependencies"]) if r.name == "keras"]
    assert keras.__version__ in keras_needs.specifier
    unsafe = ["3.12.0", "3.12.1", "3.13.0", "3.13.1", "3.13.2", "3.14.0"]
    assert not list(keras_needs.specifier.filter(unsafe))


@pytest.mark.parametrize("kind", ["external", "link", "virtual"])
@pytest.mark.parametrize("big", [False, True], ids=["in memory", "from disk"])
def test_no_model_file_reads_another_file(
    kind: str, big: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keras 3.12.0, 3.12.1, 3.13.* and 3.14.0 load some of these: pyproject.toml excludes them."""
    if big:  # than the free memory: Keras opens the weights on the disk then, where links work
        from keras.src.saving import saving_lib

        monkeypatch.setattr(saving_lib, "is_memory_sufficient", lambda path: False)
    secret = np.full((4, 3), 100, "float32")
    secret.tofile(tmp_path / "secret")
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["k"] = secret
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    model.save(tmp_path / "m.keras")
    _poison(tmp_path, kind)
    with pytest.raises(ValueError, match=r"(?i)not allowed|external|link|virtual|load"):
        keras.saving.load_model(tmp_path / "poisoned.keras")


def _poison(folder: Path, kind: str) -> None:
    with zipfile.ZipFile(folder / "m.keras") as archive:
        archive.extractall(folder / "parts")
    with h5py.File(folder / "parts" / "model.weights.h5", "a") as file:
        found: list[str] = []
        file.visititems(lambda n, o: found.append(n) if getattr(o, "shape", 0) == (4, 3) else None)
        place = found[0]
        del file[place]
        if kind == "external":
            size = h5py.h5f.UNLIMITED
            file.create_dataset(place, (4, 3), "float32", external=[(folder / "secret", 0, size)])
        elif kind == "link":
            file[place] = h5py.ExternalLink(folder / "secret.h5", "k")
        else:
            layout = h5py.VirtualLayout((4, 3), "float32")
            layout[:] = h5py.VirtualSource(folder / "secret.h5", "k", (4, 3))
            file.create_virtual_dataset(place, layout)
    with zipfile.ZipFile(folder / "poisoned.keras", "w") as archive:
        for part in (folder / "parts").iterdir():
            archive.write(part, part.name)
