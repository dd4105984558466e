"""Which plain models judge labels."""

from __future__ import annotations

import numpy as np

from labelfeed.noise.suiting import suiting_plain


def test_auto_leaves_boosted_trees_out_of_large_tables() -> None:
    small, large = (suiting_plain("auto", np.zeros((n, 26))) for n in (100, 3000))
    assert [m.name for m in small][:2] == [m.name for m in large] == ["logistic", "extra-trees"]
    assert suiting_plain("logistic", np.zeros((9, 2))) == "logistic"
