"""What a run keeps besides its model, and what is done with whatever predicts in its place.

Nothing here imports Keras: a run with an ONNX copy is read and applied without it.
"""

from __future__ import annotations

import abc
import dataclasses
import functools
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.seen_rows import SeenRows
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.predictor import Predictor
from labelfeed.records.record import read_object, read_record, read_split
from labelfeed.runs.raw_rows import RawRows, rows_per_step
from labelfeed.runs.scaling import check_scaling
from labelfeed.types import AnyModel, Features, Labels, SideValues
from labelfeed.writing import settle

__all__ = [
    "CODEC",
    "FORMAT",
    "MODEL",
    "PREPROCESS",
    "RUN",
    "SEEN",
    "SPLIT",
    "KeptRun",
    "RunError",
    "read_json",
    "read_kept",
]

FORMAT = 1
MODEL, RUN, PREPROCESS, SPLIT = "model.keras", "run.json", "preprocess.json", "split.json"
SEEN = "seen.npz"
CODEC = "codec.json"
"""What a run that makes rows holds in place of `preprocess.json`."""
_GENERATE = "generate"  # the strategy of runs that make rows; `load_generator` loads them
_LONGEST = 1000  # characters of a message: it may show a value of any size, or a whole config


class RunError(ValueError):
    """A run folder that cannot be written or read; the message says what is wrong with it."""

    def __init__(self, message: str) -> None:
        """Cut a message that is too long to read."""
        super().__init__(message if len(message) <= _LONGEST else f"{message[:_LONGEST]} ...")


@dataclasses.dataclass(frozen=True)
class KeptRun(abc.ABC):
    """Whatever predicts as a trained model does, with the preprocessing and the record of a run.

    Args:
        model: What predicts preprocessed rows.
        preprocessor: Turns raw rows into what the model reads.
        options: Training options as JSON types.
        data: How the training file was read (kind, path, fingerprint, columns, image size, ...).
        split: Row positions in the training file by part: `"validation"` and `"test"`.
        metrics: Held-out scores as JSON types.
        versions: Versions of labelfeed, Python, Keras and the backend.
        seen: Hashes of the rows and groups it was trained on, or `None` where nobody kept them.
    """

    model: AnyModel
    preprocessor: Preprocessor
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    data: dict[str, Any] = dataclasses.field(default_factory=dict)
    split: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    metrics: dict[str, Any] = dataclasses.field(default_factory=dict)
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    seen: SeenRows | None = None

    @functools.cached_property
    def predictor(self) -> Predictor:
        """The predictor of raw rows: what everything that is done with a run asks.

        Raises:
            DataError: A weight or the scaling of a feature is no number; names it.
        """
        inner = self._inner()
        rows = rows_per_step(
            self.preprocessor.picture or self.preprocessor.shape, inner.spec.num_classes
        )
        return RawRows(inner.batched(rows), self.preprocessor, self.seen)

    @abc.abstractmethod
    def _inner(self) -> Predictor:
        """Return the predictor of preprocessed rows."""

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


def read_kept(path: Path) -> tuple[LabelSpec, dict[str, Any]]:
    """Read all that a run folder holds but its model.

    Args:
        path: The folder.

    Returns:
        The label spec, and the arguments of a `KeptRun` but for `model`.

    Raises:
        RunError: It is no run folder, or a piece of it is missing or broken.
    """
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
        if parts["options"].get("strategy") == _GENERATE:
            raise RunError(
                f"{path} is a generator, which predicts nothing: labelfeed sample {path} makes "
                "rows, labelfeed evaluate says how good they are."
            )
        described, split = read_object(path / PREPROCESS), read_split(path / SPLIT)
    except ValueError as error:
        raise RunError(str(error)) from error
    try:
        preprocessor = Preprocessor.from_json(described)
    except ValueError as error:
        raise RunError(f"{path / PREPROCESS}: {error}") from error
    try:
        check_scaling(preprocessor)
        seen = SeenRows.load(path / SEEN) if (path / SEEN).is_file() else None
    except DataError as error:
        raise RunError(f"{path}: {error}") from error
    return spec, {"preprocessor": preprocessor, "split": split, "seen": seen, **parts}


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file of a run; raise `RunError` if there is none."""
    try:
        return read_object(path)
    except ValueError as error:
        raise RunError(str(error)) from error
