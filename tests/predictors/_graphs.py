"""ONNX files as an export writes them, of one dense layer: no Keras is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.onnx_model import CARD_ENTRY, FEATURES, OUTPUT

WEIGHTS = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)


def expected(x: np.ndarray, told: np.ndarray | None = None) -> np.ndarray:
    """Return what the graph gives: a sigmoid of the features, and of twice the labels."""
    logits = x @ WEIGHTS + (0 if told is None else 2 * told)
    return 1 / (1 + np.exp(-logits))


def write_graph(path: Path, spec: LabelSpec, told: str | None = None, **card: Any) -> Path:
    """Write `sigmoid(features @ WEIGHTS [+ 2 * labels])`; the labels are the input `told`."""
    rank = 2 if told == "known" else 1
    inputs = [helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["rows", 3])]
    nodes = [helper.make_node("MatMul", [FEATURES, "w"], ["h"])]
    constants = [numpy_helper.from_array(WEIGHTS, "w")]
    last = "h"
    if told is not None:
        shape = ["rows", 2][:rank]
        inputs.append(helper.make_tensor_value_info(told, TensorProto.INT32, shape))
        constants += [numpy_helper.from_array(np.float32(2), "two")]
        constants += [numpy_helper.from_array(np.array([-1, rank], np.int64), "column")]
        nodes += [
            helper.make_node("Cast", [told], ["c"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["c", "two"], ["d"]),
            helper.make_node("Reshape", ["d", "column"], ["e"]),
            helper.make_node("Add", ["h", "e"], ["s"]),
        ]
        last = "s"
    nodes.append(helper.make_node("Sigmoid", [last], [OUTPUT]))
    output = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["rows", 2])
    graph = helper.make_graph(nodes, "g", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    entry = model.metadata_props.add()
    entry.key, entry.value = CARD_ENTRY, json.dumps({"label": spec.get_config(), **card})
    onnx.save(model, path)
    return path
