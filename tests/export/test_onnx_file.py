"""An ONNX message gets our names, a free number of rows, and its card."""

from __future__ import annotations

import onnx
import pytest

from labelfeed.export.errors import ExportError
from labelfeed.export.onnx_file import finish_onnx
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.onnx_model import OnnxGraph
from tests.predictors._graphs import write_graph

SPEC = LabelSpec.multi(["cough", "fever"])


def test_names_rows_and_card(tmp_path) -> None:
    message = onnx.load(write_graph(tmp_path / "a.onnx", SPEC))
    message.graph.node[-1].output[0] = message.graph.output[0].name = "Identity:0"
    finish_onnx(message, {"label": "mine"}, tmp_path / "b.onnx")
    graph = OnnxGraph.open(tmp_path / "b.onnx")
    assert graph.card == {"label": "mine"} and graph.width == 2
    assert graph.session.get_outputs()[0].name == "probabilities"
    assert graph.session.get_inputs()[0].shape == ["rows", 3]


def test_an_operation_that_onnx_lacks_is_named(tmp_path) -> None:
    message = onnx.load(write_graph(tmp_path / "a.onnx", SPEC))
    message.graph.node[0].op_type = "Log1p"
    with pytest.raises(ExportError, match="no words for this network: No Op registered for Log1p"):
        finish_onnx(message, {}, tmp_path / "b.onnx")
    assert not (tmp_path / "b.onnx").exists()
