"""What TensorFlow writes of a functional model: SavedModel, LiteRT, and ONNX through tf2onnx."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from labelfeed.export.errors import ExportError
from labelfeed.predictors.onnx_model import OUTPUT
from labelfeed.types import KerasModel

if TYPE_CHECKING:  # an extra
    from tf2onnx.graph import Graph, Node

__all__ = ["SERVING", "TOLD", "onnx_of", "write_litert", "write_saved_model"]

SERVING, TOLD = "serving_default", "with_known"
_OPSET = 17
_FLOAT64 = 11  # of onnx.TensorProto


def write_saved_model(networks: Mapping[str, KerasModel], path: Path) -> None:
    """Write a SavedModel folder.

    Args:
        networks: A functional model for each signature.
        path: The folder, not there yet.
    """
    import tensorflow as tf

    holder = tf.Module()
    holder.networks = list(networks.values())
    functions = {name: _function(network) for name, network in networks.items()}
    holder.functions = list(functions.values())
    signatures = {n: f.get_concrete_function() for n, f in functions.items()}
    tf.saved_model.save(holder, str(path), signatures=signatures)


def write_litert(network: KerasModel, path: Path) -> None:
    """Write a `.tflite` file of one signature, with constants in the place of weights.

    Args:
        network: A functional model.
        path: The file.

    Raises:
        ExportError: The network has operations that LiteRT does not run.
    """
    import tensorflow as tf

    function = _function(network, constant=True).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], network)
    try:
        path.write_bytes(converter.convert())
    except Exception as error:  # its own classes of errors are private
        reason = str(error).strip().split("\n")[0][:300]
        raise ExportError(f"LiteRT cannot run this network: {reason}. Take onnx.") from error


def onnx_of(network: KerasModel) -> Any:
    """Return a functional model as an ONNX message, its number of rows free.

    Raises:
        ExportError: tf2onnx is not installed, or does not know an operation.
    """
    try:
        import tf2onnx
    except ImportError as error:
        raise ExportError(
            "An ONNX file is written with tf2onnx, which is not installed: "
            "pip install 'labelfeed[onnx]'."
        ) from error
    function = _function(network)
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    try:
        message, _ = tf2onnx.convert.from_function(
            function,
            input_signature=function.input_signature,
            opset=_OPSET,
            custom_op_handlers={"Log1p": (_log1p, [])},
        )
    except (ValueError, NotImplementedError, RuntimeError) as error:
        reason = str(error).strip().split("\n")[0][:300]
        raise ExportError(f"ONNX has no words for this network: {reason}.") from error
    return message


def _log1p(graph: Graph, node: Node, name: str, _: list[str]) -> None:
    """Write log(1 + x), which neither ONNX nor tf2onnx has, as two nodes."""
    kind = np.float64 if graph.get_dtype(node.input[0]) == _FLOAT64 else np.float32
    one = graph.make_const(f"{name}/one", np.array(1, kind)).output[0]
    graph.insert_new_node_on_input(node, "Add", [node.input[0], one], input_index=0)
    node.type = "Log"


def _function(network: KerasModel, constant: bool = False) -> Any:
    """Return a function of the inputs in their order that gives `{OUTPUT: scores}`.

    With constants for weights: LiteRT finds no integer variables inside a loop.
    """
    import tensorflow as tf

    inputs = network.inputs
    signature = [tf.TensorSpec((None, *i.shape[1:]), i.dtype, name=i.name) for i in inputs]

    frozen = network.variables if constant else []
    values = [(v, keras.ops.convert_to_numpy(v)) for v in frozen]

    def run(*tensors: Any) -> dict[str, Any]:
        given = {i.name: tensor for i, tensor in zip(inputs, tensors, strict=True)}
        with keras.StatelessScope([(v, tf.constant(value)) for v, value in values]):
            return {OUTPUT: network(given, training=False)}

    return tf.function(run, input_signature=signature)
