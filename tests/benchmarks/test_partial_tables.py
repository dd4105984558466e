"""The tables of the benchmark of partly known labels that are CSV files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.partial_tables import FILES, load_table


def test_findings_are_labels_and_no_finding_is_none(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "Image Index": ["a.png", "b.png", "c.png"],
            "Finding Labels": ["Mass|Edema", "No Finding", "Mass"],
            "Patient ID": ["P7", "P3", "P7"],
            "Patient Age": [50, 60, 51],
            "Patient Gender": ["M", "F", "M"],
            "View Position": ["AP", "PA", "PA"],
        }
    )
    table.to_csv(tmp_path / "chest-findings.csv", index=False)
    x, y, groups = load_table("chest-findings", tmp_path)
    assert x.tolist() == [[50, 1, 0], [60, 0, 1], [51, 1, 1]]
    assert y.tolist() == [[1, 1], [0, 0], [0, 1]]  # Edema, Mass
    assert groups is not None and groups.tolist() == [0, 1, 0]


def test_complications_leave_out_the_id_and_the_one_with_classes(tmp_path: Path) -> None:
    columns = ["id", "x1", "x2", *(f"complication{i}" for i in range(1, 13))]
    table = pd.DataFrame([[1, 5.0, None, *[0] * 10, 1, 7], [2, 6.0, 1.0, *[1] * 12]], None, columns)
    table.to_csv(tmp_path / FILES["mi-complications"][0], index=False)
    x, y, groups = load_table("mi-complications", tmp_path)
    np.testing.assert_array_equal(x, [[5.0, np.nan], [6.0, 1.0]])
    assert y.shape == (2, 11) and y[0].tolist() == [0] * 10 + [1] and groups is None


def test_the_last_columns_are_labels_elsewhere(tmp_path: Path) -> None:
    table = pd.DataFrame(np.arange(42).reshape(2, 21), None, [f"c{i}" for i in range(21)])
    table.to_csv(tmp_path / "birds.csv.gz", index=False)
    x, y, _ = load_table("birds", tmp_path)
    assert x.tolist() == [[0, 1], [21, 22]] and y.shape == (2, 19)
