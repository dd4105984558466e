"""Spoilt checkpoint folders: the training that goes on ends as an undisturbed one, or says why not.

The training here is small: a plain model that is fitted and kept, and a Keras network by `Resume`.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from benchmarks.inputs_files import damaged
from benchmarks.inputs_runs import FOREIGN, TEXTS, one_value
from benchmarks.inputs_tally import Case
from labelfeed.estimators.kept_fits import keeping, kept_fit
from labelfeed.estimators.linear import LinearLogits
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.resuming import Resume
from labelfeed.records.checkpoint import Checkpoint
from labelfeed.strategies import masked

__all__ = ["Outcome", "checkpoint_case", "made_checkpoint", "trained"]

_ABOUT = "about.json"
_TOLD = "__told__"
_X = np.linspace(-1, 1, 32, dtype=np.float32).reshape(8, 4)
_Y = np.array([[1, -1], [0, 1]] * 4)
_SPEC = LabelSpec.multi(["nodule", "effusion"])
_WEIGHTS = _X.astype(np.float64).T[:, :2]

Outcome = tuple[np.ndarray, list[np.ndarray]]
"""The weights of the plain model, and those of the network."""


def trained(folder: Path, epochs: int = 2) -> Outcome:
    """Train, or go on with what the folder holds."""
    keras.utils.set_random_seed(0)
    checkpoint = Checkpoint(folder, lambda: {"seed": 0, "rows": len(_X)}, every=0)
    with keeping(checkpoint):
        plain = kept_fit("linear", {"x": _X}, _SPEC, lambda: LinearLogits(_WEIGHTS, np.ones(2)))
    model = masked(_SPEC, (4,), width=4)
    model.fit(_X, _Y, epochs=epochs, batch_size=8, callbacks=[Resume(checkpoint)], verbose=0)
    return np.asarray(plain.logits(_X)), model.get_weights()


def made_checkpoint(folder: Path) -> Outcome:
    """Write the checkpoint of a training that was killed after its first epoch.

    Returns:
        What it would have ended with.
    """
    wanted = trained(folder.parent / "undisturbed")
    trained(folder, epochs=1)
    (folder / "fit-1-end.npz").unlink()  # it was not at its end
    return wanted


def checkpoint_case(seed: int, number: int, base: Path, folder: Path, wanted: Outcome) -> Case:
    """Return the case of a number: a copy of a checkpoint with something wrong.

    Args:
        seed: Of all cases.
        number: Which case.
        base: The checkpoint; it is not changed.
        folder: Where the copy is written; what is there is removed.
        wanted: What the training ends with.
    """
    rng = np.random.default_rng([seed, number])
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    names = sorted(path.name for path in folder.iterdir())
    name = names[rng.integers(len(names))]
    way = _WAYS[rng.integers(len(_WAYS))] if name.endswith(".npz") else _about
    what = way(folder / name, rng)
    return Case(f"{name}: {what}", lambda: trained(folder), _same(wanted), name == _ABOUT)


def _same(wanted: Outcome) -> Callable[[Outcome], bool]:
    def same(found: Outcome) -> bool:
        return np.array_equal(found[0], wanted[0]) and all(
            np.allclose(a, b, atol=1e-6) for a, b in zip(found[1], wanted[1], strict=True)
        )

    return same


def _about(path: Path, rng: np.random.Generator) -> str:
    if rng.random() < 0.5:
        what = list(TEXTS)[rng.integers(len(TEXTS))]
        path.write_bytes(TEXTS[what])
    else:
        what, made = one_value(json.loads(path.read_text("utf-8")), rng)
        path.write_text(json.dumps(made), "utf-8")
    return what


def _bytes(path: Path, rng: np.random.Generator) -> str:
    content = bytearray(path.read_bytes())
    what = damaged(content, rng)
    path.write_bytes(content)
    return what


def _foreign(path: Path, rng: np.random.Generator) -> str:
    what = list(FOREIGN)[rng.integers(len(FOREIGN))]
    path.write_bytes(FOREIGN[what])
    return what


def _told(path: Path, rng: np.random.Generator) -> str:
    """Change a value of what stands beside the arrays."""
    arrays = _read(path)
    told = json.loads(arrays[_TOLD].tobytes())
    what, made = one_value(told, rng)
    arrays[_TOLD] = np.frombuffer(json.dumps(made).encode(), np.uint8)
    np.savez(path, **arrays)
    return f"told {what}"


def _array(path: Path, rng: np.random.Generator) -> str:
    """Change shape or type of an array, or leave it out."""
    arrays: dict[str, Any] = _read(path)
    name = list(arrays)[rng.integers(len(arrays))]
    what = ("gone", "flat", "text", "longer", "complex", "objects")[rng.integers(6)]
    if what == "gone":
        del arrays[name]
    elif what == "flat":
        arrays[name] = arrays[name].ravel()[:1]
    elif what == "text":
        arrays[name] = arrays[name].astype("S")
    elif what == "longer":
        arrays[name] = np.concatenate([arrays[name].ravel()] * 2)
    elif what == "complex":
        arrays[name] = arrays[name] * 1j
    else:
        del arrays[name]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for key, array in arrays.items():
            with archive.open(f"{key}.npy", "w") as file:
                np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
        if what == "objects":
            form = io.BytesIO()
            header = {"descr": "|O", "fortran_order": False, "shape": (1,)}
            np.lib.format.write_array_header_1_0(form, header)
            archive.writestr(f"{name}.npy", form.getvalue() + FOREIGN["pickle"])
    path.write_bytes(made.getvalue())
    return f"{name} {what}"


def _read(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as file:
        return {key: file[key] for key in file.files}


_WAYS: tuple[Callable[[Path, np.random.Generator], str], ...] = (
    _bytes, _bytes, _foreign, _told, _told, _told, _array, _array
)  # fmt: skip
