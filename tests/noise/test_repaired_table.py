"""The table as it was, with other labels: cells that stay are the same text."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labelfeed.data.frame import read_frame
from labelfeed.data.loading import load_data
from labelfeed.labels.cell_rules import CellRules
from labelfeed.noise.repaired_table import repaired_table, with_labels
from tests.noise.test_cleaned import made


def test_columns_beside_a_repaired_label() -> None:
    raw = pd.DataFrame({"age": ["40", "50", "60", "70"], "state": ["ill", "well", "well", None]})
    table = repaired_table(raw, made())
    added = ["state given", "state error probability", "state suggestion"]
    assert table.columns.tolist() == ["age", "state", *added]
    assert table["state"].tolist()[:3] == ["ill", "ill", "well"] and pd.isna(table["state"][3])
    assert table["state given"].equals(raw["state"])
    again = repaired_table(table, made())
    assert again["state given"].equals(raw["state"]), "what was given first is kept"


def test_spellings_and_joined_cells_of_the_file_are_used(tmp_path) -> None:
    path = tmp_path / "rows.csv"
    words = ["Yes", "no", "Yes", "y", "no", ""]
    cells = ["a|b", "none", "b", "", "a", "none"]
    rows = pd.DataFrame({"n": [1.5, 2.5, 3, 4, 5, 6], "ill": words, "all": cells})
    rows.to_csv(path, index=False)
    frame, _ = read_frame(path)
    joined = load_data(
        path, target="all", drop=["ill"], cells=CellRules(separator="|", none_word="none")
    )
    labels = joined.labels.copy()
    labels[0], labels[1] = [0, 0], [1, 1]
    found = with_labels(frame, joined, labels)
    assert found["all"].tolist()[:3] == ["none", "a|b", "b"] and pd.isna(found["all"][3])
    single = load_data(path, target="ill", drop=["all"])
    now = np.where(single.labels == 0, 1, single.labels)
    table = with_labels(frame, single, now)
    changed = single.labels == 0
    assert changed.any() and table["ill"][changed].nunique() == 1
    assert table["ill"][~changed].equals(frame["ill"][~changed])
