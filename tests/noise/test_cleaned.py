"""What cleaning found, and how it is said."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.cleaned import Cleaned, changed, words_of
from labelfeed.noise.honest import ColumnNoise


def made(found: bool = True) -> Cleaned:
    """Four rows of a label: one sure, one wrong, one even, one unknown."""
    spec = LabelSpec.single(["ill", "well"], name="state")
    given = np.array([0, 1, 1, -1], np.int32)
    posterior = np.array([[0.99, 0.01], [0.9, 0.1], [0.5, 0.5], [0.2, 0.8]])
    column = ColumnNoise(
        spec.label_columns[0], given, np.array([[0.6, 0.4], [0.1, 0.9]]), posterior,
        posterior if found else np.array([[1.0, 0], [0, 1], [0, 1], [0.2, 0.8]]), 0.1, 0.01, found,
    )  # fmt: skip
    rows = pd.DataFrame({"age": [40.0, 50, 60, 70]})
    ids = np.array(["p1", "p2", "p3", "p4"])
    return Cleaned(Dataset("table", rows, given, spec, ids, "rows.csv"), (column,), rows.to_numpy())


def test_more_probable_labels_replace_given_ones_alone() -> None:
    cleaned = made()
    assert cleaned.labels.tolist() == [0, 0, 1, -1]
    assert cleaned.dataset.labels.tolist() == [0, 1, 1, -1], "the rows are as they were"
    assert cleaned.repaired == 1 and changed(cleaned.columns[0]).tolist() == [0, 1, 0, 0]


def test_the_table_holds_what_was_and_what_may_be() -> None:
    frame = made().to_frame()
    assert frame["state"].tolist()[:3] == ["ill", "ill", "well"]
    assert frame["state given"].tolist()[:3] == ["ill", "well", "well"]
    assert frame["state suggestion"].tolist() == ["ill", "ill", "well", "well"]
    np.testing.assert_allclose(frame["state error probability"], [0.01, 0.9, 0.5, np.nan])
    assert frame["row"].tolist() == ["p1", "p2", "p3", "p4"]


def test_it_says_what_is_confused_or_that_nothing_is() -> None:
    said = str(made())
    assert "47.0% of 3 labels" in said and "1 repaired" in said
    assert str(made(found=False)).startswith("nothing to repair: of 3 labels")


def test_nothing_can_be_changed_by_accident() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        made().x = np.zeros(1)  # type: ignore[misc]


def test_yes_and_no_are_written_as_they_were() -> None:
    (plain,) = LabelSpec.multi(["cough"]).label_columns
    assert words_of(plain).tolist() == [0, 1, None]
    words = LabelSpec("multi", 1, ("cough",), words=(("cough", "nein", "ja"),))
    assert words_of(words.label_columns[0]).tolist() == ["nein", "ja", None]
