"""Charts are pictures of the size that a page expects, and differ when the data do."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image

from labelfeed.report.charts import bars, curve, forest, reliability


def test_bars_draw_their_values() -> None:
    low = bars(["a", "b"], {"x": [0.1, 0.2], "y": [0.3, 0.4]}, "share")
    high = bars(["a", "b"], {"x": [0.9, 0.2], "y": [0.3, 0.4]}, "share")
    assert PIL.Image.open(io.BytesIO(low)).size == PIL.Image.open(io.BytesIO(high)).size
    assert _ink(high) > _ink(low)


def test_curve_draws_a_line_and_a_band() -> None:
    band = curve([0, 0.5], {"ours": [[0.5, 0.9], [0.6, 1.0]]}, "AUC")
    line = curve([0, 0.5], {"ours": [[0.7], [0.8]]}, "AUC")
    assert PIL.Image.open(io.BytesIO(line)).width > 800
    assert _ink(band) > _ink(line)


def test_names_are_drawn_as_they_stand() -> None:
    for name in ("$\\frac{", "$x^{2}$", "a_{$b$", "\x1b[31m"):  # formulas, whole and broken
        assert bars([name], {name: [0.5]}, name, name).startswith(b"\x89PNG")
        assert curve([0.5], {name: [[0.5]]}, name, name).startswith(b"\x89PNG")
    plain, formula = (bars(["a"], {"b": [0.5]}, "", text) for text in ("x2", "$x2$"))
    assert _dark(formula) > _dark(plain)  # the dollars are there


def _dark(png: bytes) -> int:
    return int((np.asarray(PIL.Image.open(io.BytesIO(png)).convert("L")) < 100).sum())


def _ink(png: bytes) -> int:
    pixels = np.asarray(PIL.Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    return int((pixels.max(axis=2) - pixels.min(axis=2) > 20).sum())


def test_forest_draws_intervals_and_leaves_gaps() -> None:
    nan = float("nan")
    wide = forest(["a", "b"], {"over plain": [(1.0, -2.0, 4.0), (0.0, -1.0, 1.0)]}, "points")
    none = forest(["a", "b"], {"over plain": [(1.0, nan, nan), None]}, "points")
    assert PIL.Image.open(io.BytesIO(wide)).size == PIL.Image.open(io.BytesIO(none)).size
    assert _ink(wide) > _ink(none)


def test_reliability_draws_a_line_for_each() -> None:
    one = reliability({"plain": [(0.1, 0.2), (0.8, 0.7)]})
    two = reliability({"plain": [(0.1, 0.2), (0.8, 0.7)], "ours": [(0.1, 0.9), (0.9, 0.1)]})
    assert _ink(two) > _ink(one) and reliability({"nothing": []}).startswith(b"\x89PNG")
