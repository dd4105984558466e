"""Raw rows through the one face."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wrapping import as_predictor
from labelfeed.predictors.responses import PredictorError
from labelfeed.runs.folder import Run
from labelfeed.runs.raw_rows import RawRows, rows_per_step
from labelfeed.strategies import margin, side_label
from labelfeed.strategies.networks import build_network
from tests._rows import table

SPEC = LabelSpec.single(["well", "ill"], name="state")
ROWS = table()[["age", "sex", "smokes"]]
PREPROCESSOR = Preprocessor.fit(ROWS)
SHAPE = PREPROCESSOR.shape


def test_raw_rows_are_preprocessed_once_and_asked_on() -> None:
    inner = as_predictor(LabelFedModel(build_network(SHAPE, SPEC, width=4), SPEC))
    face, x = RawRows(inner, PREPROCESSOR), PREPROCESSOR.transform(ROWS)
    known = np.arange(len(ROWS)) % 2
    np.testing.assert_array_equal(face.probabilities(ROWS), inner.probabilities(x))
    np.testing.assert_array_equal(face.probabilities(ROWS, known), inner.probabilities(x, known))
    np.testing.assert_array_equal(face.fed_scores(ROWS, known), inner.fed_scores(x, known))
    np.testing.assert_array_equal(face.scores(ROWS, known), inner.scores(x, known))
    np.testing.assert_array_equal(face.embedding(ROWS), inner.embedding(x))
    assert (face.spec, face.reads_label, face.visibility) == (SPEC, True, inner.visibility)
    assert face.model is inner.model and face.feature_shapes == (SHAPE,)
    got, rows = face.prepared(ROWS)
    assert got is inner
    np.testing.assert_array_equal(rows, x)
    assert face.probabilities(ROWS.iloc[:0]).shape == (0, 2)
    with pytest.raises(DataError, match="age"):
        face.probabilities(ROWS.drop(columns="age"))


def test_a_run_offers_its_predictor() -> None:
    turn = LabelSpec.single(["a", "b"], name="turn")
    run = Run(side_label(SPEC, SHAPE, [turn], width=4, depth=1), PREPROCESSOR)
    assert as_predictor(run) is run.predictor
    assert run.sides == run.predictor.sides == (turn,) and run.spec == SPEC
    told = run.predict(ROWS, sides={"turn": "a"}, batch_size=7)
    np.testing.assert_allclose(
        told, run.predictor.probabilities(ROWS, sides={"turn": 0}), atol=1e-6
    )
    small = as_predictor(run, batch_size=7)
    assert (small.batch_size, small.prepared(ROWS)[0].batch_size) == (7, 7)
    rows = rows_per_step(SHAPE, SPEC.num_classes)
    assert (run.predictor.batch_size, run.predictor.batched(256).batch_size) == (rows, 256)
    assert run.predictor.batched(None) is run.predictor.batched(rows) is run.predictor
    with pytest.raises(PredictorError, match="no input of this model"):
        run.predict(ROWS, known=np.zeros(len(ROWS)))


def test_a_margin_run_says_that_it_reads_no_label_before_it_reads_rows() -> None:
    run = Run(margin(SPEC, SHAPE, dimension=3), PREPROCESSOR)
    assert run.predictor.embeds and run.sides == ()
    with pytest.raises(PredictorError, match="its network reads none"):
        run.predict("no rows", known=[1])
