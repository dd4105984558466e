"""A run by its ONNX copy: raw rows in, probabilities out, and no copy of anything else."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.predictors.onnx_model import OnnxError
from labelfeed.runs.onnx_copy import copy_of, read_onnx
from tests.predictors._graphs import expected, write_graph
from tests.runs._copies import ROWS, SPEC, write_run


def test_raw_rows_and_known_labels(tmp_path) -> None:
    run = copy_of(write_run(tmp_path / "run"))
    x = run.preprocessor.transform(ROWS)
    np.testing.assert_allclose(run.predict(ROWS), expected(x), atol=1e-6)
    known = np.array([[-1, 1]] * len(ROWS))
    np.testing.assert_allclose(run.predict(ROWS, known), expected(x, known), atol=1e-6)


@pytest.mark.parametrize("changed", ["model.keras", "preprocess.json"])
def test_a_copy_of_another_model_is_refused(tmp_path, changed) -> None:
    folder = write_run(tmp_path / "run")
    with (folder / changed).open("a") as file:
        file.write(" ")
    with pytest.raises(OnnxError, match="was made of another model"):
        copy_of(folder)


def test_no_copy_and_no_model(tmp_path) -> None:
    folder = write_run(tmp_path / "run")
    (folder / "model.keras").unlink()
    with pytest.raises(OnnxError, match="no complete run"):
        copy_of(folder)
    (folder / "model.onnx").unlink()
    with pytest.raises(OnnxError, match=r"has no model\.onnx"):
        copy_of(folder)


def test_a_file_alone_knows_its_preprocessing(tmp_path) -> None:
    fitted = Preprocessor.fit(ROWS)
    card = {"preprocessing": fitted.to_json(), "sides": []}
    free, fed = (write_graph(tmp_path / f"{t}.onnx", SPEC, t, **card) for t in (None, "known"))
    x, known = fitted.transform(ROWS), np.array([[-1, 1]] * len(ROWS))
    np.testing.assert_allclose(read_onnx(free).predict(ROWS), expected(x), atol=1e-6)
    got = read_onnx(free, fed).predict(ROWS, known)
    np.testing.assert_allclose(got, expected(x, known), atol=1e-6)
    with pytest.raises(OnnxError, match="has no whole card of labelfeed"):
        read_onnx(write_graph(tmp_path / "other.onnx", SPEC))
