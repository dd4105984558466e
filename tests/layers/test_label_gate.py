"""Twin of labelfeed/layers/label_gate.py."""

from __future__ import annotations

import numpy as np

from labelfeed.layers import LabelGate
from tests.layers._modulation import check


def test_label_gate() -> None:
    check(LabelGate, lambda layer, x, v: x * 2 / (1 + np.exp(-v[0])), lambda layer, x: x)
