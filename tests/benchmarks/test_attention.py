"""The benchmark of what attention costs: it measures both models (no time is judged here)."""

from __future__ import annotations

import keras
import pytest

from benchmarks import attention


@pytest.mark.only_backend("torch")  # the other backends spend seconds on compiling
def test_measures_both(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keras.backend.backend() == "torch"
    monkeypatch.setattr(attention, "STEPS", 2)
    found = attention.measure(depth=1, repeats=3)
    assert min(found["path"], found["attention"]) > 0
    assert found["low"] <= found["ratio"] <= found["high"]
