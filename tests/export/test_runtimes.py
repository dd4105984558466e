"""A file is run by its own runtime; a runtime that is missing is named with its extra."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from labelfeed.export.errors import ExportError
from labelfeed.export.runtimes import runtime_of
from labelfeed.labels.spec import LabelSpec
from tests.predictors._graphs import expected, write_graph


def test_onnx_runtime_runs_and_says_its_version(tmp_path) -> None:
    path = write_graph(tmp_path / "a.onnx", LabelSpec.multi(["cough", "fever"]))
    what, run = runtime_of("onnx", path)
    x = np.ones((2, 3), np.float32)
    assert what.startswith("ONNX Runtime 1.")
    np.testing.assert_allclose(run({"features": x}), expected(x), atol=1e-6)


def test_a_missing_runtime_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    with pytest.raises(ExportError, match=r"pip install 'labelfeed\[litert\]'"):
        runtime_of("litert", tmp_path / "a.tflite")
