from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.data.dataset import Dataset
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.prior import PriorError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import as_predictor
from labelfeed.runs.at_deployment import (
    EVEN,
    at_deployment,
    check_prior,
    of_the_rarer,
    run_at_prior,
)
from labelfeed.runs.folder import Run
from labelfeed.strategies.plain import plain

ROWS = Dataset("arrays", np.zeros((8, 3)), np.array([0, 0, 0, 1, 0, 0, 0, 1]), LabelSpec.single(2),
               np.arange(8), "rows")  # fmt: skip


def test_a_prior_is_checked_before_anything_is_trained():
    check_prior(None, ROWS)
    check_prior(0.1, ROWS)
    with pytest.raises(PriorError, match="above 0 and below 1"):
        check_prior(1.5, ROWS)
    with pytest.raises(PriorError, match="'0' is in all"):
        check_prior(0.1, dataclasses.replace(ROWS, labels=np.zeros(8, int)))


def test_a_model_at_the_stated_prior_and_what_is_kept_of_it():
    model, lines = plain(ROWS.spec, (3,), width=4), []
    trained = {"0": 0.75, "1": 0.25}
    same, record = at_deployment(model, ROWS, None, lines.append)
    assert (same is model, record, lines) == (True, {"prior": {"trained": trained}}, [])
    rare, record = at_deployment(model, ROWS, 0.02, lines.append)
    assert record["prior"] == {"trained": trained, "stated": {"0": 0.98, "1": 0.02}}
    (line,) = lines
    assert "0 75.00% -> 98.00%, 1 25.00% -> 2.00%" in line
    p, q = (m.predict(ROWS.features, verbose=0)[0, 1] for m in (model, rare))
    assert q / (1 - q) == pytest.approx(p / (1 - p) * (0.02 / 0.98) * 3, rel=1e-3)


def test_a_run_is_put_at_a_prior_when_it_is_asked():
    model, lines = plain(ROWS.spec, (3,), width=4), []
    rare, record = at_deployment(model, ROWS, 0.02, lines.append)
    x = np.eye(8)[:, :3]
    run = Run(rare, Preprocessor.fit(x), metrics={"training": record})
    back = run_at_prior(run, 0.25, lines.append)
    before = Run(model, run.preprocessor).predict(x)
    np.testing.assert_allclose(back.predict(x), before, atol=1e-5)
    assert "1 25.00% -> 25.00%" in lines[-1]
    for broken in ({}, {"training": {"prior": {"trained": {"0": "much"}}}}):
        with pytest.raises(PriorError, match="does not keep how frequent"):
            run_at_prior(dataclasses.replace(run, metrics=broken), 0.25)


def test_equal_shares_are_aimed_at_where_none_are_stated():
    model, lines = plain(ROWS.spec, (3,), width=4), []
    even, record = at_deployment(model, ROWS, None, lines.append, even=True)
    assert lines == [EVEN] and "stated" not in record["prior"]
    p, q = (m.predict(ROWS.features, verbose=0)[0, 1] for m in (model, even))
    assert q / (1 - q) == pytest.approx(p / (1 - p) * 3, rel=1e-3)
    learned = np.array([0.5, 0.5])  # as a network under the logit-adjusted loss
    rare, record = at_deployment(model, ROWS, 0.02, lines.append, learned=learned, even=True)
    assert record["prior"]["learned"] == {"0": 0.5, "1": 0.5} and "1 25.00% -> 2.00%" in lines[-1]
    q = rare.predict(ROWS.features, verbose=0)[0, 1]
    assert q / (1 - q) == pytest.approx(p / (1 - p) * 0.02 / 0.98, rel=1e-3)
    run = Run(rare, Preprocessor.fit(np.eye(8)[:, :3]), metrics={"training": record})
    back = as_predictor(run_at_prior(run, 0.5).model).probabilities(ROWS.features)[0, 1]
    assert back == pytest.approx(p, abs=1e-4)


def test_one_number_is_the_share_of_the_rarer_of_two_classes():
    rows = dataclasses.replace(ROWS, spec=LabelSpec.single(["well", "ill"]))
    assert of_the_rarer("0.02", rows) == of_the_rarer(0.02, rows) == "ill=0.02"
    assert of_the_rarer("well=0.9", rows) == "well=0.9" and of_the_rarer(None, rows) is None
    assert (
        of_the_rarer(0.02, dataclasses.replace(rows, spec=LabelSpec.single(["no", "yes"]))) == 0.02
    )
    even = dataclasses.replace(rows, labels=np.arange(8) % 2)
    assert of_the_rarer(0.02, even) == 0.02, "neither is rarer: the name is asked for"
