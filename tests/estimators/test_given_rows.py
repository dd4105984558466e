"""Rows as users give them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.estimators.given_rows import given_rows


def _given(data, labels=None, **more):
    return given_rows(data, labels, None, more.pop("groups", None), more, "look", ValueError)


def test_files_frames_and_arrays_are_one(tmp_path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "y": ["u", "v", "u"]})
    frame.to_csv(tmp_path / "rows.csv", index=False)
    file = _given(tmp_path / "rows.csv", target="y")
    table = _given(frame[["a"]], ["u", "v", "u"], groups=[1, 1, 2])
    assert file.labels.tolist() == table.labels.tolist() == [0, 1, 0]
    assert (table.kind, table.groups.tolist()) == ("table", [1, 1, 2])
    assert _given(np.eye(2), [[0, 1], [1, 1]]).spec.kind == "multi"
    assert _given(table) is table


def test_what_does_not_fit_together_is_said(tmp_path) -> None:
    table = _given(np.eye(2), [0, 1])
    for said, data, labels in (
        ("holds its labels", table, [0, 1]),
        (r"look\(path, target", tmp_path, [0, 1]),
        (r"look\(X, y\)", np.eye(2), None),
    ):
        with pytest.raises(ValueError, match=said):
            _given(data, labels)
    with pytest.raises(TypeError, match="no argument 'target'"):
        _given(np.eye(2), [0, 1], target="y")
