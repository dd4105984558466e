"""What TensorFlow writes has signatures by name; a missing writer is named with its extra."""

from __future__ import annotations

import sys

import keras
import numpy as np
import pytest

from labelfeed.export.errors import ExportError
from labelfeed.export.tensorflow_formats import SERVING, TOLD, onnx_of, write_saved_model
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.known_label_mixture import KnownLabelMixture
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


@pytest.mark.only_backend("tensorflow")
def test_what_known_labels_tell_is_exact_far_out_too() -> None:
    """ONNX Runtime's sigmoid is exact to 1e-7 alone: its logarithm was .03 off here."""
    import onnxruntime

    spec = LabelSpec.multi(5)
    z, label = keras.Input((5,), name="z"), keras.Input((5,), dtype="int32", name="label")
    reads = KnownLabelMixture(spec, patterns=3)
    told = keras.ops.sigmoid(reads([z, label]))
    rng = np.random.default_rng(0)
    reads.assign(offsets=rng.normal(size=(3, 5)) * 4, gate=rng.normal(size=(6, 3)))
    network = keras.Model([z, label], told)
    session = onnxruntime.InferenceSession(onnx_of(network).SerializeToString())
    logits = (rng.normal(size=(200, 5)) * 6).astype("float32")
    known = rng.integers(-1, 2, (200, 5)).astype("int32")
    found = session.run(None, {"z": logits, "label": known})[0]
    wanted = keras.ops.convert_to_numpy(network([logits, known]))
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_a_missing_writer_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ExportError, match=r"pip install 'labelfeed\[onnx\]'"):
        onnx_of(served(fed(FINDINGS)))
