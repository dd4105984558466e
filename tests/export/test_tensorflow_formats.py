"""What TensorFlow writes has signatures by name; a missing writer is named with its extra."""

from __future__ import annotations

import sys

import keras
import pytest

from labelfeed.export.errors import ExportError
from labelfeed.export.tensorflow_formats import SERVING, TOLD, onnx_of, write_saved_model
from labelfeed.models.served import served
from tests._core import FINDINGS, fed


@pytest.mark.only_backend("tensorflow")
def test_a_saved_model_has_a_signature_without_labels(tmp_path) -> None:
    import tensorflow as tf

    model = fed(FINDINGS)
    write_saved_model({SERVING: served(model), TOLD: served(model, True)}, tmp_path / "saved")
    signatures = tf.saved_model.load(str(tmp_path / "saved")).signatures
    takes = {n: sorted(f.structured_input_signature[1]) for n, f in signatures.items()}
    assert takes == {SERVING: ["features"], TOLD: ["features", "known"]}


@pytest.mark.only_backend("tensorflow")
def test_a_logarithm_that_onnx_lacks_is_written_as_two_nodes() -> None:
    x = keras.Input((2,), name="features")
    message = onnx_of(keras.Model(x, keras.ops.log1p(x)))
    assert [node.op_type for node in message.graph.node] == ["Add", "Log"]


def test_a_missing_writer_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ExportError, match=r"pip install 'labelfeed\[onnx\]'"):
        onnx_of(served(fed(FINDINGS)))
