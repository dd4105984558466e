"""A run folder with an ONNX copy, made without Keras."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.runs.onnx_copy import made_of
from tests.predictors._graphs import write_graph

SPEC = LabelSpec.multi(["cough", "fever"], name="findings")
ROWS = pd.DataFrame(np.random.default_rng(2).normal(size=(9, 3)), columns=["a", "b", "c"])


def write_run(folder: Path) -> Path:
    """Write a run of `SPEC` whose model is a stub, and whose copy is one dense layer."""
    folder.mkdir()
    (folder / "model.keras").write_bytes(b"stands for a model")
    record = {
        "format": 1, "label": SPEC.get_config(), "sides": [], "options": {}, "metrics": {},
        "versions": {}, "data": {"kind": "table", "labels": ["cough", "fever"]},
    }  # fmt: skip
    texts = {
        "run": record,
        "preprocess": Preprocessor.fit(ROWS).to_json(),
        "split": {"test": [1]},
    }
    for name, content in texts.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    write_graph(folder / "model.onnx", SPEC, **made_of(folder))
    write_graph(folder / "model-known.onnx", SPEC, "known", **made_of(folder))
    return folder
