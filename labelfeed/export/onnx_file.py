"""An ONNX message made ours: names, a free number of rows, and the card in its metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelfeed.export.errors import ExportError
from labelfeed.predictors.onnx_model import CARD_ENTRY, OUTPUT

if TYPE_CHECKING:  # an extra
    from onnx import ModelProto

__all__ = ["finish_onnx"]

_ROWS = "rows"


def finish_onnx(message: ModelProto, card: Mapping[str, Any], path: Path) -> None:
    """Name the output and the rows, put the card in, check the file and write it.

    Args:
        message: A `ModelProto` of one output.
        card: JSON types.
        path: The file.

    Raises:
        ExportError: The network has an operation that ONNX lacks.
    """
    import onnx

    graph = message.graph
    name = graph.output[0].name
    for node in graph.node:
        for names in (node.input, node.output):
            for at, one in enumerate(names):
                if one == name:
                    names[at] = OUTPUT
    graph.output[0].name = OUTPUT
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = _ROWS
    del message.metadata_props[:]
    entry = message.metadata_props.add()
    entry.key, entry.value = CARD_ENTRY, json.dumps(card)
    message.doc_string = "Preprocessed rows to probabilities; the metadata say how."
    try:
        onnx.checker.check_model(message)
    except onnx.checker.ValidationError as error:
        reason = str(error).strip().split("\n")[0][:300]
        raise ExportError(f"ONNX has no words for this network: {reason}.") from error
    path.write_bytes(message.SerializeToString())
