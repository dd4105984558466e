"""Exported files run by what runs them in earnest: Keras, TensorFlow, ONNX Runtime, LiteRT."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from labelfeed.export.errors import ExportError
from labelfeed.export.tensorflow_formats import SERVING, TOLD
from labelfeed.predictors.onnx_model import OUTPUT, OnnxGraph
from labelfeed.types import Tensor

__all__ = ["runtime_of"]

Run = Callable[[Mapping[str, np.ndarray]], Tensor]


def runtime_of(format: str, path: Path) -> tuple[str, Run]:
    """Open an exported file with its own runtime.

    Args:
        format: `"keras"`, `"saved_model"`, `"onnx"` or `"litert"`.
        path: The file or folder.

    Returns:
        The runtime in words, and a function of arrays by input name that gives the probabilities.

    Raises:
        ExportError: The runtime is not installed.
        OnnxError: The same of ONNX Runtime.
    """
    return {"keras": _keras, "saved_model": _tensorflow, "onnx": _onnx, "litert": _litert}[format](
        path
    )


def _keras(path: Path) -> tuple[str, Run]:
    network = keras.saving.load_model(path)
    what = f"Keras {keras.__version__} on {keras.backend.backend()}"
    return what, lambda feeds: network.predict(dict(feeds), verbose=0)


def _tensorflow(path: Path) -> tuple[str, Run]:
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))

    def run(feeds: Mapping[str, np.ndarray]) -> Tensor:
        function = loaded.signatures[_signature(feeds)]
        return function(**{name: tf.constant(a) for name, a in feeds.items()})[OUTPUT].numpy()

    run.loaded = loaded  # type: ignore[attr-defined]  # else its variables are gone
    return f"TensorFlow {tf.__version__}", run


def _onnx(path: Path) -> tuple[str, Run]:
    graph = OnnxGraph.open(path)
    import onnxruntime

    return f"ONNX Runtime {onnxruntime.__version__}", lambda feeds: graph.run(feeds, 1 << 20)


def _litert(path: Path) -> tuple[str, Run]:
    try:
        import ai_edge_litert
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise ExportError(
            "LiteRT's runtime is not installed, and nothing is exported unchecked: "
            "pip install 'labelfeed[litert]'."
        ) from error
    interpreter: Any = Interpreter(str(path))

    def run(feeds: Mapping[str, np.ndarray]) -> Tensor:
        return interpreter.get_signature_runner()(**feeds)[OUTPUT]

    return f"LiteRT {getattr(ai_edge_litert, '__version__', '')}".strip(), run


def _signature(feeds: Mapping[str, np.ndarray]) -> str:
    return SERVING if len(feeds) == 1 else TOLD
