"""The demo's first part finds what it claims: the naive model leaks, the others do not."""

from __future__ import annotations

import keras
import pytest

from labelfeed.demo.own_label import MODELS, own_label

# What `make demo` runs on; its parts are tested on every backend.
pytestmark = pytest.mark.only_backend("tensorflow")


def test_naive_copies_and_masked_does_not() -> None:
    assert keras.backend.backend()
    steps: list[None] = []
    found = own_label(seed=1, epochs=12, step=lambda: steps.append(None))
    assert list(found) == list(MODELS) and len(steps) == len(MODELS)
    plain, naive, masked = (found[name] for name in MODELS)
    assert naive.true > 0.97 and naive.verdict == "leak"
    assert naive.follows > plain.follows + 0.4
    assert plain.true == plain.unknown and plain.verdict == "label not read"
    assert masked.verdict == "no leak found"
    assert masked.follows < plain.follows + 0.15
    assert masked.unknown > 0.75
