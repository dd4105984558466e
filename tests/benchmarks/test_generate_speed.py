"""The times of a generator."""

from __future__ import annotations

import pytest

from benchmarks.generate_speed import speed
from labelfeed.options import GenerateOptions

pytestmark = pytest.mark.only_backend("torch")


def test_training_and_sampling_are_timed_apart():
    found = speed(80, 3, made=5, options=GenerateOptions(width=8, depth=1, epochs=1))
    assert list(found) == ["train", "processor", "sample"]
    assert min(found.values()) > 0
