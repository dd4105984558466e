"""What `labelfeed clean` puts beside a label is no feature."""

from __future__ import annotations

import pandas as pd

from labelfeed.data.loading import load_data
from tests._rows import table


def test_a_cleaned_table_has_the_features_of_before(tmp_path) -> None:
    path, before = tmp_path / "cleaned.csv", tmp_path / "before.csv"
    rows = table()
    rows.to_csv(before, index=False)
    rows.assign(**{
        "class given": rows["class"], "class error probability": 0.1,
        "class suggestion": rows["class"], "cough given": 1,
    }).to_csv(path, index=False)  # fmt: skip
    found = load_data(path, target="class", drop=["id"])
    usual = load_data(before, target="class", drop=["id"])
    assert [*usual.features.columns, "cough given"] == found.features.columns.tolist()
    assert any("3 columns of labelfeed clean" in note for note in found.notes)
    assert isinstance(found.features, pd.DataFrame)
    named = load_data(path, target="class suggestion", drop=["id"])
    assert "class given" in named.features, "of another target they are columns as all are"
