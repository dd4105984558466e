"""A run folder: a trained model and, as JSON, all that it takes to feed it raw rows again."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

import labelfeed.models  # noqa: F401 (registers what a run may hold)
from labelfeed import __version__
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.keras_private import without_tensorflow
from labelfeed.models.predictor import Predictor
from labelfeed.models.wrapping import as_predictor, own_spec
from labelfeed.runs.raw_rows import RawRows
from labelfeed.types import JSON, Features, KerasModel, Labels, SideValues

__all__ = ["Run", "RunError", "check_free", "load_run", "save_run"]

_FORMAT = 1
_MODEL, _RUN, _PREPROCESS, _SPLIT = "model.keras", "run.json", "preprocess.json", "split.json"


class RunError(ValueError):
    """A run folder that cannot be written or read; the message says what is wrong with it."""


@dataclasses.dataclass(frozen=True)
class Run:
    """A trained model with its preprocessing and its record.

    Args:
        model: The trained model, of this library; its `label` is the label spec.
        preprocessor: Turns raw rows into what the model reads.
        options: Training options as JSON types.
        data: How the training file was read (kind, path, fingerprint, columns, image size, ...).
        split: Row positions in the training file by part: `"validation"` and `"test"`.
        metrics: Held-out scores as JSON types.
        versions: Versions of labelfeed, Python, Keras and the backend.
    """

    model: KerasModel
    preprocessor: Preprocessor
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    data: dict[str, Any] = dataclasses.field(default_factory=dict)
    split: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    metrics: dict[str, Any] = dataclasses.field(default_factory=dict)
    versions: dict[str, str] = dataclasses.field(default_factory=lambda: _versions())

    @functools.cached_property
    def predictor(self) -> Predictor:
        """The predictor of raw rows: what everything that is done with a run asks."""
        return RawRows(as_predictor(self.model), self.preprocessor)

    @property
    def spec(self) -> LabelSpec:
        """The label spec."""
        return self.predictor.spec

    @property
    def sides(self) -> tuple[LabelSpec, ...]:
        """The specs of the side labels; empty for the other strategies."""
        return self.predictor.sides

    def predict(
        self,
        features: Features,
        known: Labels | None = None,
        batch_size: int = 256,
        *,
        sides: SideValues | None = None,
    ) -> np.ndarray:
        """Return class probabilities of raw rows; no label is read unless `known` is given.

        Args:
            features: Raw rows: a DataFrame, or an array of shape `(n, d)` or
                `(n, height, width, channels)`.
            known: Labels that the network may read: int array of shape `(n,)` or
                `(n, num_labels)`, -1 unknown, or anything `LabelSpec.encode` takes.
            batch_size: Rows per step.
            sides: Side labels of the rows, as for `SideLabelModel.predict`; never needed.

        Returns:
            float64 array of shape `(n, num_classes)`.

        Raises:
            DataError: A row does not fit what the run was trained on; names row and column.
            PredictorError: `known` is given to a run that reads no label (`margin`, `side-label`),
                or `sides` to one that takes none.
        """
        return self.predictor.batched(batch_size).probabilities(features, known, sides)


def check_free(path: str | Path, overwrite: bool = False) -> None:
    """Raise `RunError` unless a run may be written to `path`.

    A folder that is there is only replaced when asked to, and only if it is empty or a run: other
    files are never removed.
    """
    path = Path(path)
    if not path.exists():
        return
    if not path.is_dir():
        raise RunError(f"{path} is a file; a run is a folder.")
    inside = {entry.name for entry in path.iterdir()}
    if not inside:
        return
    if _RUN not in inside:
        raise RunError(f"{path} holds other files and is no run; choose another folder.")
    if not overwrite:
        raise RunError(f"{path} holds a run already; choose another folder, or overwrite it.")


def save_run(run: Run, path: str | Path, overwrite: bool = False) -> Path:
    """Write a run folder: `model.keras`, `run.json`, `preprocess.json`, `split.json`.

    It is written beside its place and then moved there, so that a run is complete or not there.

    Args:
        run: What to save.
        path: Folder of the run; its parents are made.
        overwrite: Whether a run that is there may be replaced.

    Returns:
        The path.

    Raises:
        RunError: Something is there already, or the folder cannot be written.
    """
    path = Path(path)
    check_free(path, overwrite)
    record = {
        "format": _FORMAT,
        "versions": run.versions,
        "label": run.spec.get_config(),
        "sides": [spec.get_config() for spec in run.sides],
        "options": run.options,
        "data": run.data,
        "metrics": run.metrics,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as beside:
            fresh = Path(beside) / "run"
            fresh.mkdir()
            with without_tensorflow():
                run.model.save(fresh / _MODEL)
            _write(fresh / _PREPROCESS, run.preprocessor.to_json())
            _write(fresh / _SPLIT, run.split)
            _write(fresh / _RUN, record)
            if path.exists():
                shutil.move(path, Path(beside) / "old")
            os.replace(fresh, path)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error}") from error
    return path


def load_run(path: str | Path) -> Run:
    """Load a run folder, under whatever Keras backend is running.

    A run whose network came from a user's `module:function` imports that module first, so that
    layers registered there are known.

    Raises:
        RunError: It is no run folder, or a piece of it is missing, broken or does not fit.
    """
    path = Path(path)
    if not path.is_dir():
        raise RunError(f"{path}: no such run folder.")
    if not (path / _RUN).is_file():
        raise RunError(f"{path} is no run folder: {_RUN} is missing.")
    record = _read(path / _RUN)
    found = record.get("format")
    if found != _FORMAT:
        raise RunError(
            f"{path / _RUN} has the format {found!r}; this version of labelfeed reads {_FORMAT}."
        )
    try:
        spec = LabelSpec.from_config(record["label"])
        parts = {key: dict(record[key]) for key in ("options", "data", "metrics", "versions")}
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{path / _RUN} is broken: {error!r}") from error
    try:
        preprocessor = Preprocessor.from_json(_read(path / _PREPROCESS))
    except ValueError as error:
        if isinstance(error, RunError):
            raise
        raise RunError(f"{path / _PREPROCESS}: {error}") from error
    model = _load_model(path / _MODEL, parts["options"].get("network"))
    if model.label != spec:
        raise RunError(f"{path}: {_MODEL} and {_RUN} have different labels; one was exchanged.")
    shapes = as_predictor(model).feature_shapes
    if shapes != (preprocessor.shape,):
        raise RunError(
            f"{path}: {_MODEL} reads features of shape {list(shapes or ())}, {_PREPROCESS} makes "
            f"{preprocessor.shape}; one was exchanged."
        )
    return Run(model, preprocessor, split=_read(path / _SPLIT), **parts)


def _load_model(path: Path, network: str | None) -> KerasModel:
    if not path.is_file():
        raise RunError(f"{path.parent} is no complete run: {path.name} is missing.")
    if network is not None:
        module = network.partition(":")[0]
        if "" not in sys.path:
            sys.path.insert(0, "")
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise RunError(
                f"{path.parent}: its network comes from {network!r}, and that module cannot be "
                f"imported here ({error}). Run it from the folder that has it."
            ) from error
    try:
        with without_tensorflow():
            model = keras.saving.load_model(path)
    except Exception as error:  # a broken archive raises what its broken part happens to raise
        reason = (str(error).strip() or type(error).__name__).split("\n")[0]
        raise RunError(f"{path} cannot be loaded: {reason}") from error
    if own_spec(model) is None:
        raise RunError(
            f"{path} holds a {type(model).__name__}, not a LabelFedModel or a MarginModel."
        )
    return model


def _write(path: Path, content: JSON) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise RunError(f"{path.parent} is no complete run: {path.name} is missing.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise RunError(f"{path} is broken: {error}") from error
    if not isinstance(content, dict):
        raise RunError(f"{path} is broken: expected an object, got {type(content).__name__}.")
    return content


def _versions() -> dict[str, str]:
    backend = keras.backend.backend()
    module = sys.modules.get(backend)
    return {
        "labelfeed": __version__,
        "python": platform.python_version(),
        "keras": keras.__version__,
        "backend": backend,
        backend: str(getattr(module, "__version__", "unknown")),
        "numpy": np.__version__,
    }
