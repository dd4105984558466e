from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.giveaways import giveaway_notes, mean_encoded, order_notes
from labelfeed.data.table import load_table
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)
TOWN = RNG.integers(0, 12, 600)
ILL = (RNG.random(600) < 0.1 + 0.06 * TOWN).astype(np.int32)
SPEC = LabelSpec.single(2, name="ill")


def encoded(decimals: int) -> pd.Series:
    return pd.Series(ILL).groupby(TOWN).transform("mean").round(decimals)


@pytest.mark.parametrize("decimals", [2, 4, 12])
@pytest.mark.parametrize("write", [float, str])
def test_a_category_replaced_by_the_mean_of_its_labels_is_found(decimals, write):
    frame = pd.DataFrame({"town": encoded(decimals).map(write), "x": RNG.random(600)})
    assert mean_encoded(frame, ILL, SPEC) == {"town": "ill"}
    (note,) = giveaway_notes(frame, ILL, SPEC)
    assert note.startswith("column 'town' is the mean of 'ill' over rows of its value")


def test_labels_of_several_columns_and_unknown_ones():
    labels = np.stack([RNG.integers(0, 2, 600), ILL], axis=1)
    labels[:, 0][:50] = -1
    found = mean_encoded(pd.DataFrame({"t": encoded(12)}), labels, LabelSpec.multi(["a", "b"]))
    assert found == {"t": "b"}


@pytest.mark.parametrize(
    "column",
    [
        RNG.random(600),  # a share
        RNG.random(600).round(1),
        ILL * 1.0,  # the label itself is for others to tell
        (pd.Series(ILL).groupby(np.arange(600) % 12).transform("mean") + 0.05).tolist(),
        np.where(RNG.random(600) < 0.5, 0.3, 0.6),
        ["a", "b"] * 300,
    ],
)
def test_other_columns_are_not(column):
    assert mean_encoded(pd.DataFrame({"c": column}), ILL, SPEC) == {}


def test_means_of_the_training_rows_alone_are_not():
    train = np.arange(600) < 400
    means = pd.Series(ILL[train]).groupby(TOWN[train]).mean()
    assert mean_encoded(pd.DataFrame({"t": means[TOWN].to_numpy()}), ILL, SPEC) == {}


def test_a_sorted_file_is_told_and_a_shuffled_one_is_not():
    spec = LabelSpec.single(["a", "b", "c"], name="kind")
    kind = RNG.integers(0, 3, 600)
    assert order_notes(kind, spec) == ()
    assert "sorted by 'kind'" in order_notes(np.sort(kind), spec)[0]
    assert "sorted by 'ill'" in order_notes(np.sort(ILL)[::-1], SPEC)[0]
    several = np.stack([np.sort(ILL), ILL], axis=1)
    assert "sorted by 'x':" in order_notes(several, LabelSpec.multi(["x", "y"]))[0]


def test_a_table_tells_before_training(tmp_path):
    frame = pd.DataFrame({"x": RNG.random(600), "ill": np.sort(ILL)})
    frame.to_csv(tmp_path / "t.csv", index=False)
    data = load_table(tmp_path / "t.csv", target="ill")
    assert [note[:25] for note in data.notes] == ["the rows are sorted by 'i"]
    assert load_table(tmp_path / "t.csv", spec=data.spec).notes == ()
