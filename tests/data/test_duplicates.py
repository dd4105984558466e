from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.duplicates import find_duplicates, row_hashes


def rich(rows: int = 200, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(rows, 5)), columns=list("abcde"))
    frame["sex"] = rng.choice(["f", "m"], rows)
    return frame


def test_equal_rows_get_one_number_and_others_their_own():
    frame = pd.concat([rich(), rich().iloc[[3, 3, 9]]], ignore_index=True)
    found = find_duplicates(frame)
    assert (found.rows, found.different, found.largest) == (5, 200, 3)
    assert (found.by_chance, found.frequent) == (False, 0)
    assert found.ids[200] == found.ids[201] == found.ids[3] and found.ids[202] == found.ids[9]
    assert len(np.unique(found.ids)) == 200
    assert found.notes == (
        "5 rows equal another one in all features: equal rows stay on one side of the split",
    )
    assert find_duplicates(rich()).notes == ()


def test_an_identifier_does_not_make_rows_differ_but_a_measurement_does():
    frame = pd.concat([rich(), rich().iloc[[3]]], ignore_index=True)
    for ids in (range(201), [f"p{i}" for i in range(201)], [str(i) for i in range(201)]):
        assert find_duplicates(frame.assign(id=list(ids))).rows == 2
    assert find_duplicates(frame.assign(time=np.arange(201) + 0.5)).rows == 0
    assert find_duplicates(frame.assign(time=[f"{i}.5" for i in range(201)])).rows == 0


def test_copies_of_whole_files_are_duplicates_and_no_chance():
    found = find_duplicates(pd.concat([rich()] * 4, ignore_index=True))
    assert found.rows == 800 and not found.by_chance
    assert len(np.unique(found.ids)) == 200


@pytest.mark.parametrize("correlated", [False, True])
def test_few_coarse_columns_are_equal_by_chance(correlated):
    rng = np.random.default_rng(0)
    common = rng.normal(size=(3000, 1)) * correlated
    coarse = np.clip(np.round(common + rng.normal(size=(3000, 4))), -2, 2)
    found = find_duplicates(pd.DataFrame(coarse, columns=list("abcd")))
    assert found.by_chance and len(np.unique(found.ids)) == 3000
    assert "by chance" in found.notes[0]


def test_a_row_that_is_everywhere_is_no_duplicate_but_the_others_are():
    frame = pd.concat([rich(), *[rich().iloc[[0]]] * 60, rich().iloc[[7]]], ignore_index=True)
    found = find_duplicates(frame)
    assert found.frequent == 61 and not found.by_chance
    assert found.ids[0] != found.ids[200] and found.ids[7] == found.ids[260]
    assert "but for 61 of very frequent ones" in found.notes[0]


def test_the_numbers_are_the_same_in_any_file():
    typed = pd.DataFrame({"n": [1, 2, 3], "x": [0.5, np.nan, -0.0], "w": ["a", None, " c"]})
    text = pd.DataFrame({"w": ["a", "", "c "], "x": ["0.50", "", "0"], "n": ["1.0", "2", "3"]})
    assert row_hashes(typed).tolist() == row_hashes(text).tolist()
    assert row_hashes(typed.assign(more=1), ["n", "x", "w"]).tolist() == row_hashes(typed).tolist()
    # A cell under another name, and two cells that change places, are other rows.
    assert row_hashes(typed)[0] != row_hashes(typed.rename(columns={"n": "m"}))[0]
    swapped = pd.DataFrame({"a": [1, 2], "b": [2, 1]})
    assert len(set(row_hashes(swapped).tolist())) == 2
    # On every machine and in every version: runs keep them.
    assert [hex(n) for n in row_hashes(typed)] == [
        "0x163825a853b874c7",
        "0x8bd7eac4a24987e",
        "0x7178f814b65d109a",
    ]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "bool"])
@pytest.mark.parametrize("shape", [(7, 5, 3), (3,)])
def test_arrays_of_any_kind(dtype, shape):
    x = (np.random.default_rng(0).random((50, *shape)) * 200).astype(dtype)
    if dtype == "bool":
        x = np.random.default_rng(0).random((50, 105)) < 0.5
    x[40] = x[2]
    hashes = row_hashes(x)
    assert hashes[40] == hashes[2]
    if x[0].size > 3:
        assert len(np.unique(hashes)) == 49 and find_duplicates(x).rows == 2


def test_cells_that_are_lists_are_compared_by_what_they_hold():
    frame = pd.DataFrame({"a": [[1, 2], [1, 2], [2, 1]]})
    assert find_duplicates(frame).ids.tolist() == [0, 0, 2]


def test_a_million_rows_take_seconds():
    frame = pd.DataFrame(
        np.random.default_rng(0).normal(size=(1_000_000, 5)), columns=list("abcde")
    )
    start = time.perf_counter()
    assert find_duplicates(frame).rows == 0
    assert time.perf_counter() - start < 10  # 0.6 s on a quiet core
