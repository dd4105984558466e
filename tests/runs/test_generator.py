"""What a generator makes of what is asked for; the diffusion itself is played."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.labels.errors import LabelError
from labelfeed.runs.rows import read_rows
from tests._generators import READING, Drawn, small_generator

pytestmark = pytest.mark.only_backend("torch")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    made = small_generator(tmp_path_factory.mktemp("generator"))
    made.run = dataclasses.replace(made.run, model=Drawn(made.run))
    return made


def test_rows_have_the_columns_of_the_file_and_labels_as_frequent(small):
    frame = small.run.sample(2000, seed=0)
    assert list(frame) == list(small.raw)
    assert frame["id"].head(2).tolist() == ["p90", "p91"]
    assert set(frame["fever"].dropna()) == {"yes", "no"} and set(frame["smokes"]) == {
        "True",
        "False",
    }
    for name in ("class", "cough", "fever"):
        taken = small.raw.iloc[np.setdiff1d(np.arange(90), small.run.split["test"])]
        want = taken[name].fillna("none").value_counts(normalize=True)
        made = frame[name].astype(object).fillna("none").astype(str).value_counts(normalize=True)
        assert (made - want).abs().max() < 0.05
    pd.testing.assert_frame_equal(frame, small.run.sample(2000, seed=0))
    assert not frame["age"].equals(small.run.sample(2000, seed=1)["age"])


def test_what_is_asked_for_is_what_comes(small):
    known = {"Class": " ILL", "age": "63", "sex": "F", "fever": "no"}
    frame = small.run.sample(5, known, guidance=2.0, seed=0)
    for name, value in {"class": "ill", "age": 63, "sex": "f", "fever": "no"}.items():
        assert (frame[name] == value).all(), name
    asked = small.run.model.asked
    assert asked["guidance"] == 2.0 and (asked["known"][:, 0] == 1).all()
    given = asked["given"]
    assert np.isnan(given).any() and (~np.isnan(given)).any(axis=0).sum() == 3  # flag, age, sex
    each = small.run.sample(3, {"age": [40, 50, 60], "class": ["ill", "well", "ill"]}, seed=0)
    assert each["age"].tolist() == [40, 50, 60] and each["class"].tolist() == ["ill", "well", "ill"]


def test_without_guidance_no_label_is_drawn(small):
    frame = small.run.sample(50, seed=0, guidance=0)
    assert (small.run.model.asked["known"] == -1).all()
    assert set(frame["class"].dropna()) == {"ill", "well"}  # made like any other column


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"n": 0}, "n must be a whole number >= 1, got 0"),
        ({"n": 2.5}, "got 2.5"),
        ({"known": {"colour": "red"}}, "no column 'colour'"),
        ({"known": {"clas": "ill"}}, "Did you mean 'class'"),
        ({"known": {"class": "il"}}, "did you mean 'ill'"),
        ({"known": {"sex": "x"}}, "'sex' is 'x' in no training row"),
        ({"known": {"age": ""}}, "a value, no empty cell"),
        ({"known": {"id": "p3"}}, "no column 'id'"),
    ],
)
def test_what_cannot_be_made_is_told(small, how, message):
    with pytest.raises(ValueError, match=message) as error:
        small.run.sample(**{"n": 3, **how})
    assert not isinstance(error.value, LabelError) or error.value.count == 1


def test_empty_cells_are_filled_and_all_others_stay(small, tmp_path):
    rows = small.raw.head(12).copy()
    rows.loc[5:8, "age"] = None
    rows.loc[7:9, ["class", "sex"]] = None
    rows.loc[0, "age"] = "040.50"
    path = tmp_path / "holes.csv"
    rows.to_csv(path, index=False)
    run = small.run
    data = load_data(path, spec=run.spec, sides=run.sides, id_column="id")
    filled = run.fill(rows, data, seed=0)
    there = rows.notna().to_numpy()
    assert (filled.to_numpy()[there] == rows.to_numpy()[there]).all()
    assert filled.notna().all().all()
    asked = run.model.asked
    known = asked["known"][:, 0]
    assert known[7:10].tolist() == [-1] * 3 and (known[5:7] != -1).all()
    assert np.isnan(asked["given"]).sum(axis=1)[5] == 7 and len(filled) == 12


def test_a_side_label_of_no_class_is_not_filled_in_its_place(small, tmp_path):
    path = tmp_path / "odd.csv"
    rows = pd.DataFrame({"age": ["50", "51"], "fever": ["yes", "perhaps"]})
    rows.to_csv(path, index=False)
    data = read_rows({"kind": "table"}, small.run.spec, small.run.sides, str(path))
    with pytest.raises(DataError, match=r"Row 2, column 'fever': got 'perhaps'; expected one of"):
        small.run.fill(rows, data, seed=0)


def test_columns_that_rows_lack_are_added(small):
    filled = small.run.fill(pd.DataFrame({"class": ["ill", "well"]}), seed=0)
    assert next(iter(filled)) == "class" and set(filled) == set(small.raw)
    assert filled["class"].tolist() == ["ill", "well"] and filled["age"].notna().all()
    with pytest.raises(DataError, match=r"no column 'agee'.*mean 'age'"):
        small.run.fill(pd.DataFrame({"agee": [3]}))


def test_names_of_what_can_be_asked_for(small):
    assert small.run.labels == ("class", "cough", *READING["sides"])
    assert set(small.run.names) == set(small.raw) - {"id"}
    assert not small.run.interrupted
