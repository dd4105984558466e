"""Rows of several annotators as `train` and `evaluate` read them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.noise.annotated_rows import load_annotated, with_agreed_labels
from tests.noise._rows import planted

WORDS = np.array(["one", "two", "three", ""])


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    x, true, _ = planted(120)
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    for name, rate in (("ann", 0.1), ("bob", 0.3), ("cleo", 0.3)):
        said = np.where(rng.random(120) < rate, (true + 1) % 3, true)
        frame[name] = WORDS[np.where(np.arange(120) < 5, 3, said)]
    frame["dora"], frame["size"] = "none of them", np.where(true == 1, "big", "small")
    path = tmp_path_factory.mktemp("readers") / "readers.csv"
    frame.to_csv(path, index=False)
    return path, frame, true


def test_rows_are_labelled_by_those_who_tell_something(table) -> None:
    path, frame, true = table
    rows = load_annotated(path, ["ann", "bob", "cleo", "dora"], target="kind")
    assert rows.readings.names == ("ann", "bob", "cleo")
    assert list(rows.features.columns) == ["a", "b", "c", "size"] and rows.spec.name == "kind"
    assert rows.spec.names == ("one", "three", "two"), "not what dora says"
    assert (rows.labels[:5] == -1).all() and np.array_equal(rows.labels, rows.readings.agreed)
    words = np.array(rows.spec.names)
    assert (words[rows.labels] == WORDS[true])[5:].mean() > 0.85
    few = rows.take([7, 6])
    assert words[few.readings.ids[:, 0]].tolist() == frame["ann"][[7, 6]].tolist()
    assert [few.readings.agreed.tolist()] == [rows.labels[[7, 6]].tolist()]
    said = "\n".join(rows.notes)
    assert "'dora' always says the same" in said and "3 annotators agree on" in said


def test_verified_labels_score_and_are_no_part_of_the_consensus(table, tmp_path) -> None:
    _, frame, true = table
    path = tmp_path / "verified.csv"
    frame.assign(kind=WORDS[true]).to_csv(path, index=False)
    rows = load_annotated(path, ["ann", "bob", "cleo"], target="kind", drop=["dora", "size"])
    words = np.array(rows.spec.names)
    assert (words[rows.labels] == WORDS[true]).all()
    assert (rows.readings.agreed != rows.labels).any()
    assert list(rows.features.columns) == ["a", "b", "c"]
    assert any("training does not read" in line for line in rows.notes)


def test_a_side_label_is_no_part_of_what_is_agreed_on(table) -> None:
    rows = load_annotated(table[0], ["ann", "bob", "cleo"], target="kind", sides=["ann"])
    assert rows.readings.names == ("bob", "cleo")
    assert [spec.name for spec in rows.sides.specs] == ["ann"]
    assert "'ann' is known at prediction (--side)" in rows.notes[0]


def test_a_later_file_is_labelled_by_whom_it_has(table, tmp_path) -> None:
    path, frame, _ = table
    rows = load_annotated(path, ["ann", "bob", "cleo"], target="kind")
    blank = load_data(path, target="kind", spec=rows.spec)
    assert (blank.labels == -1).all()
    again = with_agreed_labels(blank, path, rows.readings.names)
    np.testing.assert_array_equal(again.labels, rows.labels)
    assert again.label_names == ("kind",) and "ann, bob, cleo agree on" in again.notes[-1]
    assert with_agreed_labels(blank, path, ["nobody"]) is blank
    other = tmp_path / "other.csv"
    frame.assign(bob="four").to_csv(other, index=False)
    with pytest.raises(DataError, match="'four', no class of"):
        with_agreed_labels(blank, other, rows.readings.names)


@pytest.mark.parametrize(
    ("names", "given", "what"),
    [
        (["ann", "bob"], {"target": "ann"}, "one of the annotators"),
        (["ann", "bob"], {"labels": ["dora"]}, "--label"),
        (["ann", "bob"], {"order": {"kind": ["one", "two"]}}, "--order"),
        (["ann", "bob"], {"sides": ["ann"]}, "fewer than two annotators"),
        (["ann", "bob"], {"target": "size"}, "no class in common"),
    ],
)
def test_what_does_not_go_with_annotators_is_refused(table, names, given, what) -> None:
    with pytest.raises(DataError, match=what):
        load_annotated(table[0], names, **{"target": "kind", **given})


def test_folders_and_repaired_tables_are_refused(table, tmp_path) -> None:
    _, frame, true = table
    with pytest.raises(DataError, match="columns of a table"):
        load_annotated(tmp_path, ["ann", "bob"])
    beside = {f"kind {what}": "one" for what in ("given", "error probability", "suggestion")}
    frame.assign(kind=WORDS[true], **beside).to_csv(tmp_path / "repaired.csv", index=False)
    with pytest.raises(DataError, match="labelfeed clean wrote 'kind'"):
        load_annotated(tmp_path / "repaired.csv", ["ann", "bob"], target="kind")
