"""Peak memory: what was held for a while stays in it."""

from __future__ import annotations

import numpy as np

from benchmarks.memory import peak_memory_mb


def test_what_was_held_stays_in_the_peak() -> None:
    before = peak_memory_mb()
    held = np.ones(300 * 2**17)  # 300 MB
    assert 10 < before < peak_memory_mb()
    del held
    assert peak_memory_mb() >= 300
