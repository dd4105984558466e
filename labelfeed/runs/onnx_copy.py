"""The ONNX copy in a run folder: predicts as the run does, and starts without Keras.

`labelfeed export RUN --format onnx` writes it. It holds the hashes of the model and the
preprocessing that it was made of: a copy of others is not used.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.onnx_model import OnnxError, OnnxGraph, OnnxPredictor
from labelfeed.predictors.predictor import Predictor
from labelfeed.records.record import read_object
from labelfeed.runs.kept import MODEL, PREPROCESS, RUN, KeptRun, read_kept
from labelfeed.runs.scaling import check_scaling

__all__ = ["COPY", "COPY_KNOWN", "OnnxRun", "copy_of", "made_of", "read_onnx"]

COPY, COPY_KNOWN = "model.onnx", "model-known.onnx"


@dataclasses.dataclass(frozen=True)
class OnnxRun(KeptRun):
    """A run of which only the ONNX copy is loaded.

    Args:
        model: The `OnnxPredictor` of preprocessed rows.
        preprocessor: As for `KeptRun`, like all that follows.
        options: Training options.
        data: How the training file was read.
        split: Row positions by part.
        metrics: Held-out scores.
        versions: Versions it was trained with.
        seen: Hashes of the training rows.
    """

    def _inner(self) -> Predictor:
        predictor: Predictor = self.model
        return predictor


def copy_of(path: str | Path) -> OnnxRun:
    """Return a run folder by its ONNX copy.

    Args:
        path: The folder.

    Raises:
        OnnxError: There is no copy, it is of another model, or it cannot be run; says why.
        RunError: The folder is no run, or something in it is broken.
    """
    path = Path(path)
    if not (path / COPY).is_file():
        raise OnnxError(f"{path} has no {COPY}.")
    spec, kept = read_kept(path)
    sides = tuple(map(LabelSpec.from_config, read_object(path / RUN).get("sides", [])))
    told = path / COPY_KNOWN
    shape = kept["preprocessor"].shape
    model = OnnxPredictor(path / COPY, told if told.is_file() else None, spec, sides, shape)
    card: Mapping[str, Any] = model.model.card
    if {name: card.get(name) for name in ("model", "preprocess")} != made_of(path):
        raise OnnxError(f"{path / COPY} was made of another model than {MODEL}")
    return OnnxRun(model, **kept)


def read_onnx(path: str | Path, told: str | Path | None = None) -> OnnxRun:
    """Return an exported ONNX file as what predicts raw rows: its card holds the preprocessing.

    Args:
        path: The file without a label input.
        told: A file of the same model that takes known labels or side labels, if any is wanted.

    Raises:
        OnnxError: It cannot be run, or is not of labelfeed.
    """
    card = OnnxGraph.open(path).card
    try:
        spec = LabelSpec.from_config(card["label"])
        preprocessor = Preprocessor.from_json(card["preprocessing"])
        sides = () if told is None else OnnxGraph.open(told).card["sides"]
        specs = tuple(map(LabelSpec.from_config, sides))
        check_scaling(preprocessor)
    except OnnxError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise OnnxError(
            f"{path} has no whole card of labelfeed ({error!r}): expected what "
            "labelfeed export --format onnx writes."
        ) from error
    return OnnxRun(OnnxPredictor(path, told, spec, specs, preprocessor.shape), preprocessor)


def made_of(path: Path) -> dict[str, str]:
    """Return the hashes of what a copy is made of, as its card holds them.

    Args:
        path: The run folder.

    Raises:
        OnnxError: A file cannot be read.
    """
    try:
        return {"model": _hash(path / MODEL), "preprocess": _hash(path / PREPROCESS)}
    except OSError as error:
        raise OnnxError(f"{path} is no complete run: {error}") from error


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
