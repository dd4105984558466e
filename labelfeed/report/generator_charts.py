"""Charts of synthetic rows beside real ones: columns, pair trends, pictures by class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from labelfeed.judging.rows import cell_words, float_values, holds_numbers, plain_frame
from labelfeed.judging.shapes import ColumnShape, PairTrend
from labelfeed.printable import printable
from labelfeed.report.charts import as_written, colour_of, png_of

__all__ = ["class_pictures", "column_charts", "trend_map"]

_A_CHART = 6  # columns of one chart
_BINS = 24
_WORDS = 8
_CLASSES, _EACH = 12, 8
_SHORT = 16


@as_written
def column_charts(
    real: pd.DataFrame, synthetic: pd.DataFrame, shapes: Sequence[ColumnShape]
) -> bytes:
    """Return histograms of some columns, real and synthetic rows over each other.

    Args:
        real: Real rows.
        synthetic: Synthetic rows.
        shapes: Which columns, six at most, and how alike they are.

    Returns:
        A PNG file's bytes.
    """
    from matplotlib.figure import Figure

    shown = shapes[:_A_CHART]
    rows = -(-len(shown) // 2)
    figure = Figure(figsize=(5.4, 1.9 * rows), layout="constrained")
    figure.get_layout_engine().set(hspace=0.12)  # type: ignore[union-attr, call-arg]
    grid = figure.subplots(rows, 2, squeeze=False)
    real, synthetic = plain_frame(real), plain_frame(synthetic)
    for axes, shape in zip(grid.flat, shown, strict=False):
        one, other = real[shape.column], synthetic[shape.column]
        if holds_numbers(one) and shape.kind == "number":
            _numbers(axes, float_values(one), float_values(other))
        else:
            _words(axes, cell_words(one), cell_words(other))
        axes.set_title(f"{_short(shape.column, 26)}  {shape.score:.2f}", loc="left", fontsize=9)
        axes.set_yticks([])
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right", "left"]].set_visible(False)
    for axes in list(grid.flat)[len(shown) :]:
        axes.set_axis_off()
    handles, names = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, names, frameon=False, ncols=2, loc="outside lower center", fontsize=9)
    return png_of(figure)


@as_written
def trend_map(pairs: Sequence[PairTrend], most: int = 20) -> bytes:
    """Return a map of how alike the relation of each two columns is.

    Args:
        pairs: The pairs.
        most: Columns that are shown: those with the least alike pairs.

    Returns:
        A PNG file's bytes.
    """
    from matplotlib.figure import Figure

    worst: dict[str, float] = {}
    for pair in pairs:
        for name in (pair.first, pair.second):
            worst[name] = min(worst.get(name, 1.0), pair.score)
    kept = set(sorted(worst, key=lambda name: worst[name])[:most])
    names = [name for name in worst if name in kept]
    at = {name: place for place, name in enumerate(names)}
    table = np.full((len(names), len(names)), np.nan)
    for pair in pairs:
        if pair.first in at and pair.second in at:
            i, j = at[pair.first], at[pair.second]
            table[i, j] = table[j, i] = pair.score
    size = 1.6 + 0.24 * len(names)
    figure = Figure(figsize=(max(size + 0.8, 4.0), max(size, 3.2)), layout="constrained")
    axes = figure.subplots()
    drawn = axes.imshow(table, vmin=min(0.5, float(np.nanmin(table))), vmax=1, cmap="viridis")
    told = [_short(name) for name in names]
    axes.set_xticks(range(len(names)), told, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), told, fontsize=8)
    axes.grid(visible=False)
    figure.colorbar(drawn, ax=axes, shrink=0.8, label="alike (1) or not")
    return png_of(figure)


@as_written
def class_pictures(
    real: Sequence[np.ndarray], synthetic: Sequence[np.ndarray], names: Sequence[str]
) -> bytes:
    """Return pictures by class: two real ones, then synthetic ones.

    Args:
        real: Pictures `(n, height, width, channels)` of each class.
        synthetic: The same, made for it.
        names: The classes, of which twelve are shown.

    Returns:
        A PNG file's bytes.
    """
    from matplotlib.figure import Figure

    names = list(names)[:_CLASSES]
    figure = Figure(figsize=(5.4, 0.55 * len(names) + 0.4))
    grid = figure.subplots(len(names), _EACH + 2, squeeze=False)
    for row, name, of_real, made in zip(grid, names, real, synthetic, strict=False):
        shown = [*list(of_real[:2]), *[None] * (2 - len(of_real[:2])), *list(made[:_EACH])]
        for axes, picture in zip(row, [*shown, *[None] * (_EACH + 2 - len(shown))], strict=True):
            axes.set_axis_off()
            if picture is not None:
                axes.imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=255)
        row[0].text(-0.15, 0.5, _short(name), transform=row[0].transAxes, ha="right", va="center",
                    fontsize=8)  # fmt: skip
    grid[0, 0].set_title("real", loc="left", fontsize=9)
    grid[0, 2].set_title("synthetic", loc="left", fontsize=9)
    figure.subplots_adjust(left=0.14, right=0.99, bottom=0.01, top=0.93, wspace=0.08, hspace=0.08)
    return png_of(figure)


def _numbers(axes: object, real: np.ndarray, synthetic: np.ndarray) -> None:
    both = np.concatenate([real, synthetic])
    both = both[~np.isnan(both)]
    low, high = np.quantile(both, [0.005, 0.995]) if len(both) else (0.0, 1.0)
    values = np.unique(both)
    if 1 < len(values) <= _BINS:  # few numbers: a bar each
        middle = (values[1:] + values[:-1]) / 2
        edges = np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])
    else:
        edges = np.linspace(low, high if high > low else low + 1, _BINS + 1)
    for index, (name, data) in enumerate((("real", real), ("synthetic", synthetic))):
        shares, _ = np.histogram(data[~np.isnan(data)], edges)
        share = shares / max(len(data), 1)
        axes.stairs(  # type: ignore[attr-defined]
            share, edges, fill=not index, alpha=1 if index else 0.35, color=colour_of(index),
            label=name, lw=1.4,
        )  # fmt: skip


def _words(axes: object, real: np.ndarray, synthetic: np.ndarray) -> None:
    names = pd.Series(real).value_counts().index[:_WORDS]
    for index, (name, words) in enumerate((("real", real), ("synthetic", synthetic))):
        shares = [float(np.mean(words == word)) for word in names]
        places = np.arange(len(names)) + 0.4 * index - 0.2
        axes.bar(places, shares, 0.4, color=colour_of(index), alpha=0.5 + 0.5 * index, label=name)  # type: ignore[attr-defined]
    told = [_short(str(word), 10) for word in names]
    axes.set_xticks(range(len(names)), told)  # type: ignore[attr-defined]
    if sum(map(len, told)) > 26:
        axes.tick_params(axis="x", labelrotation=60)  # type: ignore[attr-defined]


def _short(text: str, most: int = _SHORT) -> str:
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"
