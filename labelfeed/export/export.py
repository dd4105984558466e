"""`export_run`: the model of a run for another program, checked against Keras."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from labelfeed.export.card import card_of, write_export_card
from labelfeed.export.errors import ExportError
from labelfeed.export.onnx_file import finish_onnx
from labelfeed.export.rows import known_to_try, rows_to_try, sides_to_try
from labelfeed.export.runtimes import runtime_of
from labelfeed.export.tensorflow_formats import (
    SERVING,
    TOLD,
    onnx_of,
    write_litert,
    write_saved_model,
)
from labelfeed.models.served import served
from labelfeed.models.wrapping import as_predictor
from labelfeed.predictors.onnx_model import FEATURES, KNOWN, side_inputs
from labelfeed.predictors.responses import class_probabilities
from labelfeed.runs.folder import Run, load_run
from labelfeed.runs.kept import MODEL
from labelfeed.runs.onnx_copy import COPY, COPY_KNOWN, made_of
from labelfeed.sides.values import encode_sides
from labelfeed.types import Labels

__all__ = ["EXPORT_FORMATS", "TOLERANCE", "Exported", "export_run"]

EXPORT_FORMATS = ("keras", "saved_model", "onnx", "litert")
TOLERANCE = 1e-5
_ENDS = {"keras": ".keras", "onnx": ".onnx", "litert": ".tflite", "saved_model": ""}
_ROWS = 65  # one more than a batch of a usual size: the number of rows is free


@dataclasses.dataclass(frozen=True)
class Exported:
    """What was written, and how far it is from Keras.

    Args:
        paths: The files or the folder.
        runtime: What ran them, in words.
        rows: Number of rows that were compared.
        difference: Largest difference of a probability from that of the run's own model.
    """

    paths: tuple[Path, ...]
    runtime: str
    rows: int
    difference: float


def export_run(
    run: str | Path,
    format: str,
    out: str | Path | None = None,
    *,
    with_known: bool = False,
    overwrite: bool = False,
    trust: bool | str = False,
) -> Exported:
    """Write the model of a run for another program, and check that it predicts as Keras does.

    The default takes no label at all. TensorFlow writes all formats but `"keras"`: where Keras
    runs on JAX or Torch, a second process does, and this one checks what it wrote.

    Args:
        run: Folder of the run.
        format: One of `EXPORT_FORMATS`.
        out: The file, `.keras`, `.onnx` or `.tflite`; the folder of a `"saved_model"`. `None`, of
            `"onnx"` only: beside the run, where `labelfeed predict` and `ask` find it, with a
            second file for known labels or side labels if the run takes some.
        with_known: Whether known labels, or side labels, are inputs too: required ones, but of
            a SavedModel, which has a second signature for them, `with_known`.
        overwrite: Whether what is there may be replaced.
        trust: Whether the run may import its own code; see `load_run`.

    Returns:
        What was written and compared.

    Raises:
        ExportError: It cannot be written, or predicts something else than Keras.
        RunError: The folder is no run.
    """
    run = Path(run)
    if format not in EXPORT_FORMATS:
        raise ExportError(f"format must be one of {', '.join(EXPORT_FORMATS)}, got {format!r}.")
    beside = out is None
    if beside and format != "onnx":
        raise ExportError("Only an ONNX copy stands beside a run: name the output, --out PATH.")
    target = run / COPY if out is None else Path(out)
    if not beside and target.resolve() in {(run / n).resolve() for n in (MODEL, COPY, COPY_KNOWN)}:
        raise ExportError(f"{target} is a file of the run itself; choose another.")
    _check_target(target, format, overwrite or beside)
    loaded = load_run(run, trust=trust)
    if with_known and not _takes_labels(loaded):
        raise ExportError(f"{run} takes no label: leave --with-known out.")
    wanted = [with_known]
    if beside:
        wanted = [False, True] if _takes_labels(loaded, several=True) else [False]
    files = [target if not told or not beside else run / COPY_KNOWN for told in wanted]
    found, drafts = [], []
    with tempfile.TemporaryDirectory(dir=_folder(target), prefix=".labelfeed-draft-") as folder:
        for place, told in enumerate(wanted):
            draft = Path(folder) / f"model{place}{_ENDS[format]}"
            if format == "keras" or keras.backend.backend() == "tensorflow":
                _write(loaded, format, draft, told, made_of(run))
            else:
                _elsewhere(run, format, draft, told, trust)
            found.append(_checked(loaded, format, draft, told))
            drafts.append(draft)
        # Once all of them are right: no half of a copy.
        for draft, file, told in zip(drafts, files, wanted, strict=True):
            _put(draft, file)
            card = card_of(loaded, made_of(run), told)
            if format == "saved_model":
                write_export_card(card, file / "card.json")
            elif format != "onnx":
                write_export_card(card, file.with_name(file.name + ".json"))
    if beside and len(files) == 1:
        (run / COPY_KNOWN).unlink(missing_ok=True)
    return Exported(tuple(files), found[0][0], _ROWS, max(far for _, far in found))


def _write(run: Run, format: str, path: Path, told: bool, hashes: dict[str, str]) -> None:
    network = served(run.model, told)
    if format == "keras":
        network.save(path)
        return
    if format == "onnx":
        finish_onnx(onnx_of(network), card_of(run, hashes, told), path)
        return
    if format == "litert":
        write_litert(network, path)
        return
    write_saved_model({SERVING: served(run.model), **({TOLD: network} if told else {})}, path)


def _elsewhere(run: Path, format: str, path: Path, told: bool, trust: bool | str) -> None:
    """Write under TensorFlow, in another process."""
    if importlib.util.find_spec("tensorflow") is None:
        raise ExportError(
            f"TensorFlow writes {format} files, and is not installed: "
            f"pip install 'labelfeed[tensorflow]'. The model itself may stay on "
            f"{keras.backend.backend()}."
        )
    command = [sys.executable, "-m", "labelfeed", "export", str(run), "--format", format]
    command += ["--out", str(path), "--backend", "tensorflow", "--quiet"]
    command += ["--with-known"] * told + ["--trust"] * (trust is True)
    command += ["--network", trust] if isinstance(trust, str) else []
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "KERAS_BACKEND": "tensorflow"}
    )
    if done.returncode:
        raise ExportError(done.stderr.strip().removeprefix("Error: ")[-1000:])


def _checked(run: Run, format: str, path: Path, told: bool) -> tuple[str, float]:
    """Return the runtime, and how far it is from Keras, which is within `TOLERANCE`."""
    what, predict = runtime_of(format, path)
    x = rows_to_try(run.preprocessor, _ROWS)
    predictor = as_predictor(run.model)
    spec, far = run.spec, 0.0
    alone = format != "saved_model"  # one network in a file, with one set of inputs
    for labels in [True] if told and alone else [False, True] if told else [False]:
        feeds: dict[str, np.ndarray] = {FEATURES: x}
        known: Labels = None
        sides: Mapping[str, Any] | None = None
        if labels and run.sides:
            sides = sides_to_try(run.sides, _ROWS)
            ids = encode_sides(run.sides, sides, _ROWS)
            named = side_inputs(run.sides).items()
            feeds |= {name: ids[side.input_name] for name, side in named}
        elif labels:
            feeds[KNOWN] = known = known_to_try(spec, _ROWS)
        wanted = predictor.probabilities(x, known, sides)
        for rows in (1, _ROWS):
            got = predict({name: a[:rows] for name, a in feeds.items()})
            off = np.abs(class_probabilities(got, spec, rows) - wanted[:rows])
            far = max(far, float(off.max()))
    if not far <= TOLERANCE:
        raise ExportError(
            f"The {format} export is {far:.2g} from Keras, more than {TOLERANCE:g}: it is not "
            "written. Export the run as keras, and tell us."
        )
    return what, far


def _takes_labels(run: Run, several: bool = False) -> bool:
    reads = run.predictor.reads_label and (not several or len(run.spec.label_columns) > 1)
    return bool(reads or run.sides)


def _check_target(path: Path, format: str, overwrite: bool) -> None:
    if path.suffix.lower() != _ENDS[format] and _ENDS[format]:
        raise ExportError(f"{path}: a file of format {format} must end in {_ENDS[format]}.")
    if path.exists() and not overwrite:
        raise ExportError(f"{path} is there already; choose another, or --overwrite.")
    if format == "saved_model":
        if path.exists() and not (path / "saved_model.pb").is_file():
            raise ExportError(f"{path} is no SavedModel and is not replaced; choose another.")
    elif path.is_dir():
        raise ExportError(f"{path} is a folder.")


def _folder(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error}") from error
    return path.parent


def _put(draft: Path, path: Path) -> None:
    """Move what is complete to its place."""
    if draft.is_dir() and path.is_dir():
        os.replace(path, draft.with_name("before"))  # removed with the folder of the draft
    os.replace(draft, path)
