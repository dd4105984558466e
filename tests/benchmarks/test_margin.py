"""The margin benchmark measures every way, at a small size."""

from __future__ import annotations

import argparse
import importlib.util

import pytest

from benchmarks import margin

pytestmark = pytest.mark.every_backend  # it has a step of its own for each

SIZE = {"batch": 8, "dimension": 4, "classes": 60, "block": 16, "repeats": 1, "share": 0.5}


@pytest.mark.parametrize("way", margin.WAYS)
def test_every_way_runs(way: str, keras_backend: str) -> None:
    if way == "pytorch-metric-learning" and (
        keras_backend != "torch" or not importlib.util.find_spec("pytorch_metric_learning")
    ):
        pytest.skip("pytorch-metric-learning is compared on the torch backend only, if installed")
    if way != "labelfeed" and keras_backend != "torch":
        pytest.skip("what is compared is measured in the same way on every backend")
    found = margin.measure(argparse.Namespace(one=way, **SIZE))
    assert found["seconds"] > 0
    assert set(found) == {"seconds", "cpu_seconds", "extra_mb"}


@pytest.mark.parametrize("way", margin.TRAINING)
def test_training_runs(way: str, keras_backend: str) -> None:
    found = margin.train(argparse.Namespace(one=way, **SIZE))
    assert found["seconds"] > 0
    assert set(found) == {"seconds", "cpu_seconds", "extra_mb", "init_mb"}
