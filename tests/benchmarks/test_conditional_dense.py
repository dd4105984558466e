"""The conditional-dense benchmark on one small case."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from benchmarks import conditional_dense


@pytest.mark.every_backend  # it has a step of its own for each
def test_every_layer_is_measured(monkeypatch: Any, capsys: Any, keras_backend: str) -> None:
    monkeypatch.setitem(conditional_dense.CASES, "3", (3, 16, "even"))
    monkeypatch.setattr(conditional_dense, "BATCH", 32)
    compiled = "yes" if keras_backend == "jax" else "no"
    found = {}
    for kind in conditional_dense.LAYERS:
        arguments = ["--one", kind, "--classes", "3", "--repeats", "1", "--compiled", compiled]
        conditional_dense.main(arguments)
        found[kind] = json.loads(capsys.readouterr().out)
        assert found[kind]["seconds"] > 0
        assert round(found[kind]["touched_mb"], 4) == round(3 * 16 * 16 * 4 / 2**20, 4)
    rows = conditional_dense._rows("jax", "3", "no", found)
    assert [row[3] for row in rows] == list(conditional_dense.LAYERS)
    assert rows[0][6] == rows[0][7] == "1.0"


def test_skewed_labels_share_few_classes() -> None:
    even = len(np.unique(conditional_dense.labels(1000, "even")))
    assert len(np.unique(conditional_dense.labels(1000, "skewed"))) < even / 1.5


def test_empty_classes_are_most_of_them() -> None:
    assert len(np.unique(conditional_dense.labels(1000, "few"))) == 10
