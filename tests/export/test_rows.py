"""Rows to try are such as could come."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.export.rows import known_to_try, rows_to_try, sides_to_try
from labelfeed.labels.spec import LabelSpec


def test_words_are_one_hot_and_pixels_within_bounds() -> None:
    fitted = Preprocessor.fit(pd.DataFrame({"age": [1.0, 2, 3], "sex": ["f", "m", "f"]}))
    x = rows_to_try(fitted, 50)
    assert x.shape == (50, 4) and x.dtype == np.float32
    assert set(np.unique(x[:, 1:3])) == {0.0, 1.0} and not x[:, 3].any()
    x = rows_to_try(Preprocessor.fit(np.zeros((2, 4, 4, 1), np.uint8)), 3)
    assert x.shape == (3, 4, 4, 1) and x.min() >= 0 and x.max() <= 1


def test_about_half_of_the_labels_are_known() -> None:
    spec = LabelSpec.multi(["a", "b"])
    known = known_to_try(spec, 200)
    assert set(np.unique(known)) == {-1, 0, 1} and 0.4 < (known >= 0).mean() < 0.6
    assert spec.encode(known).tolist() == known.tolist()
    side = LabelSpec.single(3, "scanner")
    assert set(sides_to_try([side], 99)["scanner"]) == {-1, 0, 1, 2}
