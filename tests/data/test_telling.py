"""What tells the label by itself, and which rows belong together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from labelfeed.data.table import load_table
from labelfeed.data.telling import area, telling_notes
from labelfeed.labels.spec import LabelSpec

ROWS = 500
RNG = np.random.default_rng(3)
Y = RNG.integers(0, 2, ROWS).astype(np.int32)
NOISE = RNG.normal(0, 1, ROWS)
NEAR = np.where(np.arange(ROWS) % 71 == 0, 1 - Y, Y)  # 8 of 500 are wrong
ILL = LabelSpec.single(["no", "yes"], name="ill")


def told(column: object, labels: np.ndarray = Y, spec: LabelSpec = ILL) -> str:
    return " ".join(telling_notes(pd.DataFrame({"c": column}), labels, spec))


def test_the_area_is_that_of_scikit_learn():
    for values in (NOISE, Y + NOISE, np.round(Y + NOISE)):
        assert area(values, Y == 1) == pytest.approx(roc_auc_score(Y, values), abs=1e-12)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (Y, "column 'c' tells 'ill' by itself (AUC 1.000)"),
        (5 - 2 * Y, "(AUC 1.000)"),
        (NEAR, "column 'c' tells 'ill' by itself (AUC 0.98"),
        (np.where(NEAR == 1, "ill", "well"), "tells 'ill' in 98.4% of the rows"),
        (np.where(Y == 1, "1", "0"), "(AUC 1.000)"),
        (np.where(np.arange(ROWS) % 5 == 0, "?", Y.astype(str)), "(AUC 1.000)"),
        (1000 + 7 * np.argsort(np.argsort(3 * Y + NOISE)), "is another whole number in every row "
                                                           "and rises with 'ill' (AUC 0.98"),
        (9000 - np.argsort(np.argsort(2 * Y + NOISE)), "falls with 'ill' (AUC 0.9"),
    ],
)  # fmt: skip
def test_a_feature_that_is_the_target(column, text):
    assert text in told(column)


@pytest.mark.parametrize(
    "column",
    [
        Y + NOISE,  # AUC .76
        2 * Y + NOISE,  # .92, but no identifier
        np.arange(ROWS),  # counts the rows: left out of training
        [f"p{i}" for i in range(ROWS)],  # all different
        np.where(np.arange(ROWS) % 3 == 0, Y, np.nan),  # mostly missing
        np.zeros(ROWS),
        pd.date_range("2020-01-01", periods=ROWS),
    ],
)
def test_a_feature_that_is_none(column):
    assert told(column) == ""


def test_rare_labels_need_more_than_their_share():
    rare = (np.arange(ROWS) % 50 == 0).astype(np.int32)  # 10 of 500: never saying so is right 98 %
    assert told(np.where(np.arange(ROWS) % 2 == 0, "a", "b"), rare) == ""
    assert "in 100.0%" in told(np.where(rare == 1, "a", "b"), rare)


def test_few_rows_say_nothing():
    assert told(Y[:49], Y[:49]) == ""
    unknown = np.where(np.arange(ROWS) < 40, Y, -1)
    assert told(Y, unknown) == ""


def test_several_classes_and_several_labels():
    classes = RNG.integers(0, 4, ROWS).astype(np.int32)
    spec = LabelSpec.single(4, name="kind")
    assert "tells 'kind' in 100.0%" in told((classes * 3) % 4, classes, spec)
    assert "tells 'kind' in 9" in told(classes + 0.001 * NOISE, classes, spec)
    assert told(classes + NOISE, classes, spec) == ""
    labels = np.stack([Y, RNG.integers(0, 2, ROWS)], axis=1).astype(np.int32)
    assert "tells 'a' by itself" in told(Y * 2.0, labels, LabelSpec.multi(["a", "b"]))


def test_a_sample_of_a_large_table_is_enough():
    large = np.resize(Y, 30_000)
    assert "(AUC 1.000)" in told(large, large)


def test_a_table_tells_before_training(tmp_path):
    rows = pd.DataFrame({"copy": Y, "patient": [f"P{i % 120}" for i in range(ROWS)], "ill": Y})
    rows.to_csv(tmp_path / "t.csv", index=False)
    data = load_table(tmp_path / "t.csv", target="ill")
    assert [note.split("'")[1] for note in data.notes] == ["copy", "patient"]
    assert load_table(tmp_path / "t.csv", spec=data.spec).notes == ()
