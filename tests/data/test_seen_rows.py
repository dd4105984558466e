from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.seen_rows import SeenRows


def rows(count: int = 50, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"age": rng.normal(50, 9, count), "sex": rng.choice(["f", "m"], count)})


def test_rows_and_groups_of_training_are_met_again_whatever_the_file_is_like(tmp_path):
    train = rows()
    SeenRows.of(train, [f"p{i // 2}" for i in range(50)]).save(tmp_path / "seen.npz")
    seen = SeenRows.load(tmp_path / "seen.npz")
    later = pd.concat([train.iloc[[4, 9]], rows(3, seed=1)]).map(str)[["sex", "age"]]
    found = seen.overlap(later.assign(more=1), ["p2 ", "p70", "p2", None, ""], "patient")
    assert (found.of, found.rows, found.group_rows, found.groups) == (5, 2, 2, ("p2",))
    assert found.notes == (
        "groups by 'patient' with rows in training too: 1 (p2), 2 of 5 rows",
        "2 of 5 rows equal a training row in all features",
    )
    assert found.to_json()["groups"] == ["p2"]
    assert seen.overlap(rows(20, seed=2)).notes == ()


def test_groups_are_compared_as_text_and_missing_ones_with_nothing():
    seen = SeenRows.of(rows(), [7.0, np.nan] * 25)
    assert seen.overlap(rows(3, 1), ["7", "nan?", None]).groups == ("7",)
    assert seen.overlap(rows(3, 1), np.array([7, 8, 7])).group_rows == 2
    assert seen.overlap(rows(3, 1)).groups == ()


def test_what_is_equal_by_chance_or_very_frequent_is_not_kept():
    coarse = pd.DataFrame(np.random.default_rng(0).integers(0, 3, (900, 3)), columns=list("abc"))
    assert SeenRows.of(coarse).overlap(coarse).rows == 0
    frame = pd.concat([rows(200), *[rows(1)] * 60], ignore_index=True)
    found = SeenRows.of(frame).overlap(frame)
    assert found.rows == 199


def test_an_identifier_does_not_hide_that_a_row_is_met_again():
    seen = SeenRows.of(rows().assign(id=range(50)))
    assert seen.columns == ("age", "sex")
    assert seen.overlap(rows().assign(id=range(100, 150))).rows == 50
    assert SeenRows.of(pd.DataFrame({"id": range(9)})).rows.size == 0


def test_rows_that_lack_a_column_are_for_the_model_to_refuse():
    found = SeenRows.of(rows(), ["p"] * 50).overlap(rows().drop(columns="age"), ["p"] * 50)
    assert (found.rows, found.group_rows) == (0, 50)


def test_arrays_and_pictures():
    x = np.random.default_rng(0).integers(0, 255, (20, 8, 8, 3)).astype(np.uint8)
    seen = SeenRows.of(x)
    assert seen.columns is None and seen.overlap(x[:4]).rows == 4
    assert seen.overlap(x[:4] ^ 1).rows == 0


@pytest.mark.parametrize(
    "arrays",
    [
        {"rows": np.zeros(3, np.uint64)},
        {"rows": np.zeros(3), "groups": np.zeros(0, np.uint64)},
        {"rows": np.zeros((2, 2), np.uint64), "groups": np.zeros(0, np.uint64)},
        {"rows": np.zeros(1, np.uint64), "groups": np.zeros(1, np.uint64), "columns": np.ones(2)},
    ],
)
def test_a_file_of_something_else_is_refused(arrays, tmp_path):
    np.savez(tmp_path / "seen.npz", **arrays)
    with pytest.raises(DataError, match="expected"):
        SeenRows.load(tmp_path / "seen.npz")
