"""The class-sampling benchmark: its classes, and that every way runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import class_sampling


def test_classes_need_rows_and_lose_the_features_that_make_them(tmp_path: Path) -> None:
    head = "Letter," + ",".join(map(str, range(1, 17)))
    rows = [f"{name},{a},5," + ",".join(["7"] * 14) for name, a in (("A", 1), ("A", 2), ("B", 1))]
    (tmp_path / "x.data").write_text("\n".join([head, *rows * 2, rows[2]]) + "\n")
    x, y = class_sampling.classes_of(tmp_path / "x.data", 3)
    assert x.shape == (3, 14)
    assert y.tolist() == [0, 0, 0]
    x, y = class_sampling.classes_of(tmp_path / "x.data", 2)
    assert y.tolist() == [0, 1, 2, 0, 1, 2, 2]


@pytest.mark.only_backend("torch")  # the other backends spend seconds on compiling
def test_every_way_learns(keras_backend: str) -> None:
    rng = np.random.default_rng(0)
    y = np.arange(800, dtype=np.int32) % 80
    x = (rng.normal(size=(80, 14))[y] + 0.1 * rng.normal(size=(800, 14))).astype(np.float32)
    for share, sparse in ((None, False), (0.5, True)):
        assert class_sampling.accuracy(x, y, share, sparse, 0, 4) > 0.3
