from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.groups import group_codes, group_notes, propose_group, together


def patients(rows: int = 400, each: int = 4, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    who = np.arange(rows) // each
    return pd.DataFrame(
        {
            "who": [f"p{i:03}" for i in who],
            "sex": rng.choice(["f", "m"], rows)[who],
            "view": rng.choice(["PA", "AP"], rows),
            "age": rng.integers(20, 80, rows),
            "dose": rng.normal(size=rows).round(2),
        }
    )


def test_rows_of_a_group_and_equal_rows_belong_together_also_by_way_of_a_third():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 5)), columns=list("abcde"))
    groups = [f"p{i // 2}" for i in range(98)] + [None, ""]
    frame.iloc[2] = frame.iloc[97]  # p1 and p48
    found = together(frame, groups, "patient")
    assert found.ids[2] == found.ids[3] == found.ids[96] == found.ids[97]
    assert found.ids[98] != found.ids[99]
    assert found.groups == 49 + 2 - 1 == len(np.unique(found.ids))
    assert found.notes == (
        "split by 'patient': 49 groups, and 2 rows without one, each alone",
        "groups with equal rows are one: 1 joined to another",
    )


def test_without_a_column_equal_rows_alone_and_nothing_where_there_are_none():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 5)), columns=list("abcde"))
    assert together(frame).ids is None and together(frame).groups == 100
    frame.iloc[5] = frame.iloc[6]
    found = together(frame)
    assert found.ids[5] == found.ids[6] and found.groups == 99 and len(found.notes) == 1


def test_equal_rows_do_not_chain_all_groups_to_one():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 5)), columns=list("abcde"))
    frame.iloc[1::2] = np.roll(frame.iloc[::2].to_numpy(), -1, axis=0)  # each equals the next
    found = together(frame, np.arange(200) // 2, "g")
    assert found.groups == 100 and "join too many groups" in found.notes[1]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["b", "a", None, "b", " "], [0, 1, -1, 0, -1]),
        ([7, 7, 3], [0, 0, 1]),
        ([7.0, np.nan, 7.0], [0, -1, 0]),
        (["a", "a ", float("nan")], [0, 0, -1]),
    ],
)
def test_codes(groups, expected):
    assert group_codes(groups).tolist() == expected
    assert group_codes(np.array(groups, dtype=object)).tolist() == expected


@pytest.mark.parametrize("write", [str, lambda name: int(name[1:])])
def test_a_column_of_persons_is_proposed_whatever_it_is_called(write):
    frame = patients().assign(who=patients()["who"].map(write))
    found = propose_group(frame)
    assert (found.column, found.values, found.rows, found.largest) == ("who", 100, 400, 4)
    assert found.why == "'sex' is the same in all rows of a value"
    assert "--group 'who'" in found.note


def test_the_name_is_enough_and_counts_most():
    frame = patients().drop(columns="sex").rename(columns={"who": "Patient ID"})
    frame["Patient ID"] = frame["Patient ID"].str[1:]
    assert propose_group(frame).column == "Patient ID"
    assert propose_group(frame).why == "its name"
    assert propose_group(frame, exclude=["Patient ID"]) is None


@pytest.mark.parametrize(
    "column",
    [
        [f"p{i}" for i in range(400)],  # each once
        ["a", "b", "c", "d"] * 100,  # a category
        (np.arange(400) % 60).tolist(),  # an age
        (np.arange(400) / 4).round().tolist(),  # whole numbers of no person
        [0.5, 1.5, 2.5, 3.5] * 100,
        ["x"] * 300 + [f"p{i // 2}" for i in range(100)],  # one value has most rows
    ],
)
def test_other_columns_are_not(column):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"c": column, "sex": rng.choice(["f", "m"], 400)})
    assert propose_group(frame) is None


def test_a_short_or_empty_table_has_none():
    assert propose_group(patients(40)) is None
    assert propose_group(pd.DataFrame()) is None


NOISE = np.random.default_rng(1).normal(size=500)


@pytest.mark.parametrize(
    ("name", "values", "noted"),
    [
        ("patient", [f"P{i % 120}" for i in range(500)], "120 values in 500 rows"),
        ("Patient ID", [i % 120 for i in range(500)], "120 values in 500 rows"),
        ("household_nr", [str(i // 2) for i in range(500)], "250 values in 500 rows"),
        ("x", [f"P{i % 120}" for i in range(500)], "120 values"),
        ("town", [f"t{i % 60}" for i in range(500)], None),  # categories
        ("patient age", [i % 90 for i in range(500)], None),
        ("id", list(range(500)), None),
        ("patient", [f"P{i}" for i in range(500)], None),
        ("patient", NOISE.round(1), None),
        (
            "visit",
            [f"{i // 2 % 28 + 1:02}.{i // 56 + 1:02}.2020" for i in range(500)],
            None,
        ),  # dates
    ],
)
def test_a_feature_that_looks_like_groups_is_told(name, values, noted):
    found = group_notes(pd.DataFrame({name: values}))
    assert len(found) == (noted is not None)
    if noted is not None:
        assert found[0].startswith(f"column {name!r}: {noted}")
