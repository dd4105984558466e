"""From a file or arrays to repaired labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsClassifier

from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.estimators.errors import EstimatorError
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.cleaning import clean
from labelfeed.noise.errors import NoiseError
from tests.noise._rows import planted


@pytest.fixture(scope="module")
def rows():
    x, true, given = planted(180, rate=0.25)
    return x, true, given


def test_a_file_its_rows_and_arrays_give_the_same(rows, tmp_path) -> None:
    x, true, given = rows
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    path = tmp_path / "rows.csv"
    frame.assign(kind=np.array(["p", "q", "r"])[given]).to_csv(path, index=False)
    found = clean(path, target="kind", plain="logistic")
    assert (found.labels == true).mean() > 0.97
    assert str(found).count("\n") == 0 and "p written as q" in str(found)
    again = clean(load_data(path, target="kind"), plain="logistic")
    np.testing.assert_array_equal(again.columns[0].posterior, found.columns[0].posterior)
    direct = clean(frame, given, plain="logistic")
    np.testing.assert_allclose(direct.columns[0].posterior, found.columns[0].posterior, atol=1e-3)


def test_rows_of_a_group_are_judged_without_it(rows) -> None:
    """Every group is one row three times: with its copies in sight no error could be found."""
    x, true, given = (np.repeat(part[:100], 3, axis=0) for part in rows)
    x = x + np.random.default_rng(0).normal(size=x.shape).astype(np.float32) * 1e-3
    near = KNeighborsClassifier(30, weights="distance")  # copies weigh most
    together = clean(x, given, groups=np.repeat(np.arange(100), 3), plain=near)
    apart = clean(x, given, plain=near)
    assert (together.labels == true).mean() > 0.9 > (apart.labels == true).mean()


def test_wrong_arguments_say_what_is_expected(rows, tmp_path) -> None:
    x, _, given = rows
    with pytest.raises(NoiseError, match="target="):
        clean(tmp_path / "rows.csv", given)
    with pytest.raises(NoiseError, match=r"clean\(X, y\)"):
        clean(x)
    with pytest.raises(TypeError, match="target"):
        clean(x, given, target="kind")
    with pytest.raises(NoiseError, match="'kind'"):
        clean(x, given, matrices={"kind": np.eye(3)})
    with pytest.raises(NoiseError, match="Dataset"):
        clean(clean(x, given, plain="logistic").dataset, given)
    with pytest.raises((EstimatorError, DataError), match="unknown"):
        clean(x, np.full(180, -1), spec=LabelSpec.single(3))
    with pytest.raises(DataError, match="pictures"):
        clean(np.zeros((9, 4, 4, 1)), np.arange(9) % 2)


def test_numbers_are_refused_unless_each_is_a_class(tmp_path) -> None:
    path = tmp_path / "rows.csv"
    x = np.arange(90)
    pd.DataFrame({"a": x % 7, "age": 20 + x % 30}).to_csv(path, index=False)
    with pytest.raises(DataError, match=r"'age' is a number.*--ranges age=0"):
        clean(path, target="age")
    with pytest.raises(EstimatorError, match="guess"):  # it got further
        clean(path, target="age", side_ranges={"age": 0}, plain="guess")
