"""An ONNX file is run as it says, and refused where it is not what was expected."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.limits import limits
from labelfeed.predictors.onnx_model import OnnxError, OnnxGraph, OnnxPredictor, side_inputs
from labelfeed.predictors.responses import PredictorError
from tests.predictors._graphs import expected, write_graph

SPEC = LabelSpec.multi(["cough", "fever"], name="findings")
SIDE = LabelSpec.single(["a", "b"], name="scanner no. 1")
X = np.random.default_rng(1).normal(size=(7, 3)).astype(np.float32)


def test_rows_and_known_labels_are_run_in_batches(tmp_path) -> None:
    free, fed = (write_graph(tmp_path / f"{t}.onnx", SPEC, t, model="m") for t in (None, "known"))
    predictor = OnnxPredictor(free, fed, SPEC, shape=(3,)).batched(3)
    assert predictor.reads_label
    np.testing.assert_allclose(predictor.probabilities(X), expected(X), atol=1e-6)
    known = np.array([[1, -1]] * 7)
    np.testing.assert_allclose(predictor.probabilities(X, known), expected(X, known), atol=1e-6)
    half = predictor.probabilities(X, {"cough": 0.5})  # the mean over the answers, each in place
    np.testing.assert_allclose(half[:, 0], 0.5, atol=1e-6)


def test_side_labels_have_inputs_of_their_own(tmp_path) -> None:
    name = next(iter(side_inputs([SIDE])))
    free = write_graph(tmp_path / "a.onnx", SPEC)
    predictor = OnnxPredictor(
        free, write_graph(tmp_path / "b.onnx", SPEC, name), SPEC, [SIDE], (3,)
    )
    told = np.array([0, 1, 1, 0, 1, -1, -1])
    got = predictor.probabilities(X, sides={SIDE.name: told})
    np.testing.assert_allclose(got, expected(X, told[:, None]), atol=1e-6)
    with pytest.raises(PredictorError, match=r"no input of this model.*scanner no. 1"):
        predictor.probabilities(X, {"cough": 1})


def test_without_a_second_file_no_label_is_taken(tmp_path) -> None:
    predictor = OnnxPredictor(write_graph(tmp_path / "a.onnx", SPEC), None, SPEC, [SIDE], (3,))
    assert predictor.sides == ()
    with pytest.raises(PredictorError, match="reads no label"):
        predictor.probabilities(X, {"cough": 1})


def test_files_of_others_are_refused(tmp_path) -> None:
    path = write_graph(tmp_path / "a.onnx", SPEC, model="m")
    other = write_graph(tmp_path / "b.onnx", SPEC, "known", model="n")
    with pytest.raises(OnnxError, match="predicts other labels"):
        OnnxPredictor(path, None, LabelSpec.multi(["cough", "rash"], name="findings"), (), (3,))
    with pytest.raises(OnnxError, match=r"expected \{'features': \(4,\)\}"):
        OnnxPredictor(path, None, SPEC, (), (4,))
    with pytest.raises(OnnxError, match="of different models"):
        OnnxPredictor(path, other, SPEC, (), (3,)).probabilities(X, {"cough": 1})
    (tmp_path / "c.onnx").write_bytes(b"no ONNX at all")
    with pytest.raises(OnnxError, match="no ONNX model that can be run"):
        OnnxGraph.open(tmp_path / "c.onnx")
    with limits(max_bytes=100), pytest.raises(OnnxError, match="allowed; raise it with --max-b"):
        OnnxGraph.open(path)


def test_numbers_in_other_files_are_refused(tmp_path) -> None:
    model = onnx.load(write_graph(tmp_path / "a.onnx", SPEC))
    onnx.save(model, tmp_path / "b.onnx", save_as_external_data=True, size_threshold=0)
    with pytest.raises(OnnxError, match="keeps numbers in other files"):
        OnnxGraph.open(tmp_path / "b.onnx")
    # The same entry with its length written in three bytes, as protobuf reads it too.
    content = (tmp_path / "b.onnx").read_bytes()
    assert b"\x0a\x08location" in content
    (tmp_path / "b.onnx").write_bytes(content.replace(b"\x0a\x08loc", b"\x0a\x88\x80\x00loc"))
    with pytest.raises(OnnxError, match="keeps numbers in other files"):
        OnnxGraph.open(tmp_path / "b.onnx")
