"""A run folder: a trained model and, as JSON, all that it takes to feed it raw rows again."""

from __future__ import annotations

import dataclasses
import functools
import platform
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

import labelfeed.models  # noqa: F401 (registers what a run may hold)
from labelfeed import __version__
from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.seen_rows import SeenRows
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.keras_private import without_tensorflow
from labelfeed.models.predictor import Predictor
from labelfeed.models.wrapping import as_predictor, own_spec
from labelfeed.records.held_out import HeldOut
from labelfeed.records.record import check_model, read_object, read_record, read_split
from labelfeed.runs.finite import check_numbers
from labelfeed.runs.raw_rows import RawRows, rows_per_step
from labelfeed.strategies.own_code import import_module
from labelfeed.types import Features, KerasModel, Labels, SideValues
from labelfeed.writing import settle

__all__ = [
    "FORMAT",
    "MODEL",
    "PREPROCESS",
    "RUN",
    "SEEN",
    "SPLIT",
    "Run",
    "RunError",
    "load_run",
    "read_json",
]

FORMAT = 1
MODEL, RUN, PREPROCESS, SPLIT = "model.keras", "run.json", "preprocess.json", "split.json"
SEEN = "seen.npz"
_LONGEST = 1000  # characters of a message: it may show a value of any size, or a whole config


class RunError(ValueError):
    """A run folder that cannot be written or read; the message says what is wrong with it."""

    def __init__(self, message: str) -> None:
        """Cut a message that is too long to read."""
        super().__init__(message if len(message) <= _LONGEST else f"{message[:_LONGEST]} ...")


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
        seen: Hashes of the rows and groups it was trained on, or `None` where nobody kept them.
        held_out: What it predicted for the held-out rows, after `train`; `load_run` leaves it out.
    """

    model: KerasModel
    preprocessor: Preprocessor
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    data: dict[str, Any] = dataclasses.field(default_factory=dict)
    split: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    metrics: dict[str, Any] = dataclasses.field(default_factory=dict)
    versions: dict[str, str] = dataclasses.field(default_factory=lambda: _versions())
    seen: SeenRows | None = None
    held_out: HeldOut | None = None

    @functools.cached_property
    def predictor(self) -> Predictor:
        """The predictor of raw rows: what everything that is done with a run asks.

        Raises:
            DataError: A weight or the scaling of a feature is no number; names it.
        """
        check_numbers(self.model, self.preprocessor)
        inner = as_predictor(self.model)
        rows = rows_per_step(
            self.preprocessor.picture or self.preprocessor.shape, inner.spec.num_classes
        )
        return RawRows(inner.batched(rows), self.preprocessor, self.seen)

    @property
    def spec(self) -> LabelSpec:
        """The label spec."""
        return self.predictor.spec

    @property
    def interrupted(self) -> bool:
        """Whether training was interrupted: the weights are the best ones until then."""
        return bool(self.metrics.get("training", {}).get("interrupted"))

    @property
    def sides(self) -> tuple[LabelSpec, ...]:
        """The specs of the side labels; empty for the other strategies."""
        return self.predictor.sides

    def predict(
        self,
        features: Features,
        known: Labels | None = None,
        batch_size: int | None = None,
        *,
        sides: SideValues | None = None,
    ) -> np.ndarray:
        """Return class probabilities of raw rows; no label is read unless `known` is given.

        Args:
            features: Raw rows: a DataFrame, or an array of shape `(n, d)` or
                `(n, height, width, channels)`.
            known: Labels that the network may read: int array of shape `(n,)` or
                `(n, num_labels)`, -1 unknown, or anything `LabelSpec.encode` takes; several labels
                may be soft (.7), see `Predictor.probabilities`.
            batch_size: Rows per step; by default as many as fit well, see `rows_per_step`.
            sides: Side labels of the rows, as for `SideLabelModel.predict`; never needed.

        Returns:
            float64 array of shape `(n, num_classes)`.

        Raises:
            DataError: A row does not fit what the run was trained on; names row and column.
            PredictorError: `known` is given to a run that reads no label (`margin`, `side-label`),
                or `sides` to one that takes none.
        """
        return self.predictor.batched(batch_size).probabilities(features, known, sides)


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
    if not path.is_dir():
        raise RunError(f"{path}: no such run folder.")
    try:
        settle(path)
    except OSError as error:
        raise RunError(f"{path}: its last replacement was cut off, and {error}") from error
    if not (path / RUN).is_file():
        raise RunError(f"{path} is no run folder: {RUN} is missing.")
    try:
        spec, parts = read_record(path / RUN)
        described, split = read_object(path / PREPROCESS), read_split(path / SPLIT)
    except ValueError as error:
        raise RunError(str(error)) from error
    try:
        preprocessor = Preprocessor.from_json(described)
    except ValueError as error:
        raise RunError(f"{path / PREPROCESS}: {error}") from error
    model = _load_model(path / MODEL, parts["options"].get("network"), trust)
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
        seen = SeenRows.load(path / SEEN) if (path / SEEN).is_file() else None
    except DataError as error:
        raise RunError(f"{path}: {error}") from error
    return Run(model, preprocessor, split=split, seen=seen, held_out=None, **parts)


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


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file of a run; raise `RunError` if there is none."""
    try:
        return read_object(path)
    except ValueError as error:
        raise RunError(str(error)) from error


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
