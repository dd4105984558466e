"""A run folder: a trained model and, as JSON, all that it takes to feed it raw rows again."""

from __future__ import annotations

import dataclasses
import platform
import sys
from pathlib import Path

import keras
import numpy as np

import labelfeed.models  # noqa: F401 (registers what a run may hold)
from labelfeed import __version__
from labelfeed.data.dataset import DataError
from labelfeed.models.keras_private import without_tensorflow
from labelfeed.models.wrapping import as_predictor, own_spec
from labelfeed.predictors.predictor import Predictor
from labelfeed.records.held_out import HeldOut
from labelfeed.records.record import check_model
from labelfeed.runs.finite import check_numbers
from labelfeed.runs.kept import MODEL, PREPROCESS, RUN, KeptRun, RunError, read_kept
from labelfeed.strategies.own_code import import_module
from labelfeed.types import KerasModel

__all__ = ["Run", "load_run", "versions"]


@dataclasses.dataclass(frozen=True)
class Run(KeptRun):
    """A trained model with its preprocessing and its record.

    Args:
        model: The trained model, of this library; its `label` is the label spec.
        preprocessor: Turns raw rows into what the model reads.
        options: Training options as JSON types.
        data: How the training file was read (kind, path, fingerprint, columns, image size, ...).
        split: Row positions in the training file by part: `"validation"` and `"test"`.
        metrics: Held-out scores as JSON types.
        versions: Versions of labelfeed, Python, Keras and the backend.
        seen: Hashes of the rows and groups it was trained on, or `None` where nobody kept them.
        held_out: What it predicted for the held-out rows, after `train`; `load_run` leaves it out.
    """

    versions: dict[str, str] = dataclasses.field(default_factory=lambda: versions())
    held_out: HeldOut | None = None

    def _inner(self) -> Predictor:
        check_numbers(self.model, self.preprocessor)
        return as_predictor(self.model)


def load_run(path: str | Path, *, trust: bool | str = False) -> Run:
    """Load a run folder, under whatever Keras backend is running.

    A run may name a network of its maker's, `module:function`. That is code: it is imported only
    with your consent. A network made of Keras's and this library's layers loads without.

    Args:
        path: The folder.
        trust: `True` to import whatever module the run names; or, as text, the `module:function`
            that it may name, and no other.

    Raises:
        RunError: It is no run folder, a piece of it is missing, broken or does not fit, or it
            needs code that you have not consented to.
    """
    path = Path(path)
    spec, kept = read_kept(path)
    preprocessor = kept["preprocessor"]
    model = _load_model(path / MODEL, kept["options"].get("network"), trust)
    if model.label != spec:
        raise RunError(f"{path}: {MODEL} and {RUN} have different labels; one was exchanged.")
    shapes = as_predictor(model).feature_shapes
    if shapes != (preprocessor.shape,):
        raise RunError(
            f"{path}: {MODEL} reads features of shape {list(shapes or ())}, {PREPROCESS} makes "
            f"{preprocessor.shape}; one was exchanged."
        )
    try:
        check_numbers(model, preprocessor)
    except DataError as error:
        raise RunError(f"{path}: {error}") from error
    return Run(model, **kept)


def _load_model(path: Path, network: str | None, trust: bool | str) -> KerasModel:
    if not path.is_file():
        raise RunError(f"{path.parent} is no complete run: {path.name} is missing.")
    if isinstance(trust, str) and trust != network:
        names = "no network of its own" if network is None else f"the network {network!r}"
        raise RunError(f"{path.parent} names {names}, not {trust!r}.")
    if network is not None and trust:
        try:
            import_module(network)
        except ImportError as error:
            raise RunError(
                f"{path.parent}: its network comes from {network!r}, and that module cannot be "
                f"imported here ({error}). Run it from the folder that has it."
            ) from error
    try:
        check_model(path)
        with without_tensorflow():
            model = keras.saving.load_model(path)
    except Exception as error:  # a broken archive raises what its broken part happens to raise
        reason = (str(error).strip() or type(error).__name__).split("\n")[0]
        if network is not None and not trust:
            raise RunError(
                f"{path.parent}: its network comes from {network!r}, code that is imported only "
                f"when you say so: --network {network}, or --trust (in Python trust=...). Without "
                f"it the model cannot be loaded: {reason}"
            ) from error
        raise RunError(f"{path} cannot be loaded: {reason}") from error
    if own_spec(model) is None:
        raise RunError(
            f"{path} holds a {type(model).__name__}, not a LabelFedModel or a MarginModel."
        )
    return model


def versions() -> dict[str, str]:
    """Return the versions of labelfeed, Python, Keras, its backend and NumPy."""
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
