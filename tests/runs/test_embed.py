"""Embeddings with a run: what the classifier reads, from raw rows, without a label."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.predictors.responses import PredictorError
from labelfeed.runs.embed import embed
from labelfeed.runs.folder import Run, load_run
from labelfeed.runs.saving import save_run
from labelfeed.strategies import margin, partial_labels
from labelfeed.strategies.networks import build_network, without_label
from tests._blobs import NAMES, blobs

SPEC = LabelSpec.single(NAMES[:3], name="class")
ROWS = blobs(NAMES).drop(columns=["id", "class"])
PREPROCESSOR = Preprocessor.fit(ROWS)


def test_a_margin_run_gives_unit_vectors_of_raw_rows_that_survive_the_folder(tmp_path) -> None:
    run = Run(margin(SPEC, (6,), dimension=5), PREPROCESSOR)
    found = embed(run, ROWS)
    assert found.shape == (len(ROWS), 5) and found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    raw = run.model.embedder.predict(PREPROCESSOR.transform(ROWS), verbose=0)
    np.testing.assert_allclose(embed(run, ROWS, normalize=False), raw, atol=1e-6)
    save_run(run, tmp_path / "run")
    np.testing.assert_allclose(embed(load_run(tmp_path / "run"), ROWS), found, atol=1e-6)
    assert embed(run, ROWS.iloc[:0]).shape == (0, 5)


@pytest.mark.parametrize("conditioning", ["embedding", "conditional-dense", "branch", None])
def test_other_runs_give_what_their_last_layer_reads_with_labels_unknown(conditioning) -> None:
    network = build_network((6,), SPEC, conditioning=conditioning, width=7)
    last = network.layers[-1]
    if conditioning is None:
        network = without_label(network, SPEC)
    model = LabelFedModel(network, SPEC)
    run = Run(model, PREPROCESSOR)
    found = embed(run, ROWS, normalize=False)
    assert found.shape == (len(ROWS), 7)
    again = keras.ops.convert_to_numpy(last(found))  # the classifier makes the prediction of it
    np.testing.assert_allclose(again, run.predict(ROWS), atol=1e-5)


def test_a_network_without_an_embedding_is_refused() -> None:
    spec = LabelSpec.multi(2)
    run = Run(partial_labels(spec, (6,), width=4), PREPROCESSOR)
    with pytest.raises(PredictorError, match="not in a dense layer behind"):
        embed(run, ROWS)
    inputs = [keras.Input((6,)), keras.Input((2,)), LabelInput(SPEC)]
    out = keras.layers.Dense(3, activation="softmax")(keras.layers.Concatenate()(inputs[:2]))
    run = Run(LabelFedModel(keras.Model(inputs, out), SPEC), PREPROCESSOR)
    with pytest.raises(PredictorError, match="reads side labels"):
        embed(run, ROWS)
