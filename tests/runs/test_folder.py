from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pandas as pd
import pytest

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.responses import PredictorError
from labelfeed.runs.folder import Run, load_run
from labelfeed.runs.kept import RunError
from labelfeed.runs.saving import save_run
from tests._backends import BACKENDS, ROOT
from tests._blobs import NAMES, blobs, margin_run
from tests._rows import table
from tests._runs import untrained_run

SPEC = LabelSpec.multi(["cough", "fever"], name="labels")


@pytest.fixture(scope="module")
def run() -> Run:
    return untrained_run(SPEC)


def test_round_trip_of_raw_rows(run, tmp_path):
    rows = table(20, seed=1)
    known = np.array([[1, -1]] * 20)
    save_run(run, tmp_path / "deep" / "run")
    again = load_run(tmp_path / "deep" / "run")
    np.testing.assert_allclose(again.predict(rows), run.predict(rows), atol=1e-6)
    np.testing.assert_allclose(again.predict(rows, known), run.predict(rows, known), atol=1e-6)
    assert np.abs(run.predict(rows, known) - run.predict(rows)).max() > 1e-6
    assert again.spec == SPEC
    for field in ("preprocessor", "options", "data", "split", "metrics", "versions"):
        assert getattr(again, field) == getattr(run, field)
    names = sorted(p.name for p in (tmp_path / "deep" / "run").iterdir())
    assert names == ["model.keras", "preprocess.json", "run.json", "seen.npz", "split.json"]
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["run"]


def test_another_process_and_backend_predicts_the_same_from_raw_rows(run, tmp_path, keras_backend):
    other = BACKENDS[BACKENDS.index(keras_backend) - 1]
    path = save_run(run, tmp_path / "run")
    rows = table(20, seed=1)
    rows.to_csv(tmp_path / "rows.csv", index=False)
    command = [sys.executable, "-m", "labelfeed", "predict", path, tmp_path / "rows.csv"]
    command += ["--known", "cough", "--out", tmp_path / "out.csv", "--backend", other]
    subprocess.run(list(map(str, command)), check=True, cwd=ROOT, env={**os.environ}, timeout=300)
    got = pd.read_csv(tmp_path / "out.csv")
    known = np.stack([SPEC.encode(rows[["cough", "fever"]])[:, 0], np.full(20, -1)], axis=1)
    expected = run.predict(rows, known)
    np.testing.assert_allclose(got["p_fever"], expected[:, 1], atol=1e-5)
    given = known[:, 0] >= 0
    assert (got["cough_source"] == np.where(given, "given", "predicted")).all()
    np.testing.assert_allclose(got["p_cough"][~given], expected[~given, 0], atol=1e-5)
    assert got["p_cough"][given].isna().all()
    assert (got["cough"][given] == known[given, 0]).all()


def test_empty_rows(run):
    assert run.predict(table().iloc[:0]).shape == (0, 2)


def test_missing_folder(tmp_path):
    with pytest.raises(RunError, match="no such run folder"):
        load_run(tmp_path / "none")
    with pytest.raises(RunError, match=r"is no run folder: run\.json is missing"):
        load_run(tmp_path)


@pytest.mark.parametrize("name", ["model.keras", "preprocess.json", "split.json"])
def test_missing_piece(run, tmp_path, name):
    path = save_run(run, tmp_path / "run")
    (path / name).unlink()
    with pytest.raises(RunError, match=f"is no complete run: {name} is missing"):
        load_run(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("run.json", b"{", r"run\.json is broken"),
        ("run.json", b"[]", "expected an object, got list"),
        ("run.json", b'{"format": 99}', "has the format 99; this version of labelfeed reads 1"),
        ("run.json", b'{"format": 1}', r"run\.json is broken: KeyError\('label'\)"),
        ("run.json", b"\xff\xfe", r"run\.json is broken"),
        ("preprocess.json", b"{}", r"preprocess\.json: The description .* is broken"),
        ("preprocess.json", b"nonsense", r"preprocess\.json is broken"),
        ("split.json", b"", r"split\.json is broken"),
        ("model.keras", b"nonsense", r"model\.keras cannot be loaded"),
        ("run.json", b'{"format": "' + b"x" * 9000 + b'"}', r"has the format 'x{500}x+ \.\.\.$"),
        ("model.keras", b"", r"model\.keras cannot be loaded"),
    ],
)
def test_broken_piece(run, tmp_path, name, content, message):
    path = save_run(run, tmp_path / "run")
    (path / name).write_bytes(content)
    with pytest.raises(RunError, match=message):
        load_run(path)


def test_pieces_of_different_runs(run, tmp_path):
    path = save_run(run, tmp_path / "run")
    record = json.loads((path / "run.json").read_text())
    record["label"]["names"] = ["cough", "rash"]
    (path / "run.json").write_text(json.dumps(record))
    with pytest.raises(RunError, match="have different labels"):
        load_run(path)
    path = save_run(run, tmp_path / "run2")
    narrower = Preprocessor.fit(table()[["age"]]).to_json()
    (path / "preprocess.json").write_text(json.dumps(narrower))
    with pytest.raises(RunError, match=r"reads features of shape \[\(6,\)\], .*makes \(2,\)"):
        load_run(path)


def test_another_keras_model_is_refused(run, tmp_path):
    path = save_run(run, tmp_path / "run")
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(path / "model.keras")
    with pytest.raises(RunError, match="holds a Sequential, not a LabelFedModel"):
        load_run(path)


def test_a_module_is_imported_with_consent_only(run, tmp_path, monkeypatch):
    (tmp_path / "labelfeed_spy.py").write_text("open('was_run', 'w')\n")
    monkeypatch.chdir(tmp_path)
    elsewhere = dataclasses.replace(run, options={"network": "labelfeed_spy:build"})
    path, before = save_run(elsewhere, tmp_path / "run"), list(sys.path)
    assert load_run(path).spec == SPEC  # its layers are the library's: no code is needed
    with pytest.raises(RunError, match="names the network 'labelfeed_spy:build', not 'x:y'"):
        load_run(path, trust="x:y")
    (path / "model.keras").write_bytes(b"no model without code")
    with pytest.raises(RunError, match="only when you say so: --network labelfeed_spy:build"):
        load_run(path)
    assert not (tmp_path / "was_run").exists()
    for consent in (True, "labelfeed_spy:build"):
        with pytest.raises(RunError, match=r"model\.keras cannot be loaded"):
            load_run(path, trust=consent)
        (tmp_path / "was_run").unlink()
        del sys.modules["labelfeed_spy"]
    assert sys.path == before


def test_a_users_module_that_is_not_here(run, tmp_path):
    elsewhere = dataclasses.replace(run, options={"network": "labelfeed_gone:build"})
    path = save_run(elsewhere, tmp_path / "run")
    with pytest.raises(RunError, match=r"its network comes from 'labelfeed_gone:build'"):
        load_run(path, trust=True)
    with pytest.raises(RunError, match=r"names no network of its own, not 'a:b'"):
        load_run(save_run(run, tmp_path / "plain"), trust="a:b")


def test_versions(run):
    assert run.versions["backend"] == keras.backend.backend()
    assert run.versions["keras"] == keras.__version__
    assert run.versions[run.versions["backend"]] != "unknown"


def test_a_margin_run_keeps_its_embedding_and_reads_no_label(tmp_path):
    run = margin_run(epochs=2)
    save_run(run, tmp_path / "run")
    again, rows = load_run(tmp_path / "run"), blobs(NAMES, 5).drop(columns=["id", "class"])
    probabilities = again.predict(rows)
    np.testing.assert_allclose(probabilities, run.predict(rows), atol=1e-6)
    assert probabilities.shape == (25, 3) and again.predict(rows.iloc[:0]).shape == (0, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    scores = again.model.predict(again.preprocessor.transform(rows), verbose=0)
    scaled = np.exp(again.model.head.scale * scores.astype(np.float64))  # softmax of the cosines
    np.testing.assert_allclose(probabilities, scaled / scaled.sum(axis=1, keepdims=True), atol=1e-5)
    with pytest.raises(PredictorError, match="its network reads none"):
        again.predict(rows, known=np.zeros(25))
    path = save_run(run, tmp_path / "run2")
    narrower = Preprocessor.fit(rows[["f0"]]).to_json()
    (path / "preprocess.json").write_text(json.dumps(narrower))
    with pytest.raises(RunError, match=r"reads features of shape \[\(6,\)\], .*makes \(1,\)"):
        load_run(path)
