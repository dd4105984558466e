import json

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.judging.judge import Judge, judge


def _rows(seed, n=200):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    frame = pd.DataFrame(rng.normal(size=(n, 2)) + 3 * y[:, None], columns=["a", "b"])
    frame.loc[rng.random(n) < 0.1, "a"] = np.nan
    return frame.assign(site=rng.choice(["N", "S"], n), y=np.where(y == 1, "ill", "well"))


@pytest.fixture(scope="module")
def said():
    return []


@pytest.fixture(scope="module")
def whole(said):
    return Judge(_rows(0), _rows(1, 120), ["y", "site"], progress=said.append)


@pytest.fixture(scope="module")
def good(whole):
    return whole(_rows(2))


def test_rows_of_the_same_source_pass_all(good):
    verdicts = good.verdicts
    assert verdicts["looks"].startswith("Looks like")
    assert verdicts["copies"].startswith("Copies nobody")
    assert (good.train, good.held_out, good.synthetic) == (200, 120, 200)
    y, site = good.fidelity
    assert y.has_effect and y.synthetic.value > 0.9
    assert not site.has_effect  # the other columns tell nothing of it
    assert "finds y in" in verdicts["obeys"]


def test_as_text_json_and_table(good):
    assert json.loads(json.dumps(good.to_dict()))["copying"]["copies"] is False
    assert len(good.to_frame()) == len(good.figures())
    assert str(good).splitlines()[0] == good.verdicts["looks"]
    assert "Looks like" in good._repr_html_()


def test_training_rows_with_labels_at_random_are_told(whole, good, said):
    before = len(said)
    made = _rows(0).assign(y=np.random.default_rng(4).permutation(_rows(0)["y"]))
    found = whole(made)
    assert found.verdicts["copies"].startswith("Copies training rows")
    assert found.copying.equal > 0.95
    assert found.verdicts["obeys"].startswith("Does not obey") and not found.fidelity[0].has_effect
    assert len(said) - before < before  # what real rows get is computed once


def test_a_missing_column_and_too_few_rows_are_told():
    with pytest.raises(DataError, match="no column 'b'"):
        judge(_rows(0), _rows(1), _rows(2).drop(columns="b"), "y")
    with pytest.raises(DataError, match="20 of each kind"):
        judge(_rows(0), _rows(1), _rows(2, 5), "y")
