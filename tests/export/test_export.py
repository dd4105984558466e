"""Every format from every backend, as far as the support table of docs/export.md goes.

Where Keras runs on JAX or Torch another process writes the file, the same whatever runs here: so
each of them writes one format here, and TensorFlow all.
"""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from labelfeed.export.errors import ExportError
from labelfeed.export.export import EXPORT_FORMATS, TOLERANCE, export_run
from labelfeed.labels.spec import LabelSpec
from labelfeed.runs.folder import load_run
from labelfeed.runs.onnx_copy import copy_of
from labelfeed.runs.saving import save_run
from tests._core import stirred
from tests._rows import table
from tests._runs import untrained_run

SPEC = LabelSpec.multi(["cough", "fever"], name="findings")
ENDS = {"keras": ".keras", "saved_model": "", "onnx": ".onnx", "litert": ".tflite"}
WRITES = {
    "tensorflow": EXPORT_FORMATS,
    "jax": ("keras", "saved_model"),
    "torch": ("keras", "onnx"),
}[keras.backend.backend()]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = untrained_run(SPEC)
    stirred(made.model)
    return save_run(made, tmp_path_factory.mktemp("export") / "run")


@pytest.mark.parametrize("format", WRITES)
def test_a_format_says_what_keras_says(run, tmp_path, format) -> None:
    out = tmp_path / f"model{ENDS[format]}"
    done = export_run(run, format, out, with_known=True)
    assert done.paths == (out,) and 0 <= done.difference <= TOLERANCE
    if format == "onnx":
        return
    card = out / "card.json" if format == "saved_model" else f"{out}.json"
    with open(card) as file:
        assert json.load(file)["inputs"]["known"]["classes"] == ["cough", "fever"]
    with pytest.raises(ExportError, match="is there already"):
        export_run(run, format, out)


@pytest.mark.only_backend("tensorflow")
def test_the_copy_beside_a_run_predicts_raw_rows(run) -> None:
    paths = export_run(run, "onnx").paths
    assert [path.name for path in paths] == ["model.onnx", "model-known.onnx"]
    loaded, copy, rows = load_run(run), copy_of(run), table()
    for known in (None, {"cough": 1}, {"cough": 0.3}):
        np.testing.assert_allclose(
            copy.predict(rows, known), loaded.predict(rows, known), atol=TOLERANCE
        )


def test_what_cannot_be_exported_says_why(run, tmp_path) -> None:
    with pytest.raises(ExportError, match="format must be one of keras"):
        export_run(run, "pickle", tmp_path / "a")
    with pytest.raises(ExportError, match=r"must end in \.onnx"):
        export_run(run, "onnx", tmp_path / "a.keras")
    with pytest.raises(ExportError, match="name the output"):
        export_run(run, "litert")
    with pytest.raises(ExportError, match="is a file of the run itself"):
        export_run(run, "keras", run / "model.keras", overwrite=True)
    (tmp_path / "mine").mkdir()
    with pytest.raises(ExportError, match="is no SavedModel and is not replaced"):
        export_run(run, "saved_model", tmp_path / "mine", overwrite=True)
