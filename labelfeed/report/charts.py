"""Charts as PNG bytes: bars per model, and a score against the known share."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labelfeed.printable import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "as_written",
    "bars",
    "colour_of",
    "curve",
    "figure_of",
    "forest",
    "lines",
    "named_points",
    "png_of",
    "reliability",
]

# Okabe and Ito 2008: colours that people with colour-blindness tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


def as_written(draw: Callable[..., bytes]) -> Callable[..., bytes]:
    """Draw every text as it stands: `$` in a name begins no formula."""

    @functools.wraps(draw)
    def drawn(*args: Any, **given: Any) -> bytes:
        import matplotlib

        with matplotlib.rc_context({"text.parse_math": False, "text.usetex": False}):
            return draw(*args, **given)

    return drawn


@as_written
def bars(
    groups: Sequence[str], series: Mapping[str, Sequence[float]], ylabel: str, title: str = ""
) -> bytes:
    """Return a grouped bar chart.

    Args:
        groups: Names along the x axis.
        series: A value per group, in [0, 1], for each named series.
        ylabel: Label of the y axis.
        title: Title of the chart.

    Returns:
        A PNG file's bytes.
    """
    figure, axes = figure_of(title, ylabel)
    width = 0.8 / len(series)
    at = np.arange(len(groups))
    for index, (name, values) in enumerate(series.items()):
        shift = (index - (len(series) - 1) / 2) * width
        drawn = axes.bar(
            at + shift, values, width * 0.92, label=printable(name), color=colour_of(index)
        )
        axes.bar_label(drawn, fmt="%.2f", fontsize=8, padding=2)
    axes.set_xticks(at, [printable(group) for group in groups])
    axes.set_ylim(0, 1.12)
    axes.legend(frameon=False, ncols=len(series), loc="upper center", bbox_to_anchor=(0.5, -0.1))
    return png_of(figure)


@as_written
def curve(
    shares: Sequence[float],
    series: Mapping[str, Sequence[Sequence[float]]],
    ylabel: str,
    title: str = "",
) -> bytes:
    """Return a line chart of a score against the known share, a band for the seeds.

    Args:
        shares: Shares of known labels in [0, 1], the x axis.
        series: For each name, at each share, a value per seed.
        ylabel: Label of the y axis.
        title: Title of the chart.

    Returns:
        A PNG file's bytes.
    """
    figure, axes = figure_of(title, ylabel)
    x = [100 * s for s in shares]
    for index, (name, values) in enumerate(series.items()):
        array = np.asarray(values, dtype=np.float64)  # (shares, seeds)
        axes.plot(x, array.mean(axis=1), marker="o", label=printable(name), color=colour_of(index))
        if array.shape[1] > 1:
            axes.fill_between(
                x, array.min(axis=1), array.max(axis=1), color=colour_of(index), alpha=0.15, lw=0
            )
    axes.set_xticks(x, [f"{v:.0f} %" for v in x])
    axes.set_xlabel("known share of the row's labels")
    axes.legend(frameon=False, loc="best")
    return png_of(figure)


@as_written
def forest(
    names: Sequence[str],
    series: Mapping[str, Sequence[tuple[float, float, float] | None]],
    xlabel: str,
    title: str = "",
) -> bytes:
    """Return differences with their intervals, a line for each name, around zero.

    Args:
        names: Names, from top to bottom.
        series: For each name of the legend, a mean with its lower and upper end for each of
            `names`; NaN ends are not drawn, `None` leaves a gap.
        xlabel: Label of the x axis.
        title: Title of the chart.

    Returns:
        A PNG file's bytes.
    """
    figure, axes = figure_of(title, "", (5.4, 0.9 + 0.55 * len(names)))
    at = -np.arange(len(names), dtype=float)
    for index, (name, intervals) in enumerate(series.items()):
        shift = ((len(series) - 1) / 2 - index) * 0.22
        found = [(y + shift, *i) for y, i in zip(at, intervals, strict=True) if i is not None]
        y, mean, low, high = np.array(found, dtype=float).reshape(-1, 4).T
        half = np.nan_to_num(np.stack([mean - low, high - mean]))
        axes.errorbar(
            mean, y, xerr=half, fmt="o", capsize=3, color=colour_of(index), label=printable(name)
        )
    axes.axvline(0, color="#888", lw=1)
    axes.set_yticks(at, [printable(name) for name in names])
    axes.set_ylim(0.5 - len(names), 0.5)
    axes.set_xlabel(printable(xlabel))
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", alpha=0.25)
    figure.legend(frameon=False, ncols=len(series), loc="outside lower center")
    return png_of(figure)


@as_written
def reliability(series: Mapping[str, Sequence[tuple[float, float]]], title: str = "") -> bytes:
    """Return how often what is predicted with a probability is true.

    Args:
        series: For each name pairs of a mean probability and the share that was true.
        title: Title of the chart.

    Returns:
        A PNG file's bytes.
    """
    figure, axes = figure_of(title, "share that is true", (5.4, 4.0))
    axes.plot([0, 1], [0, 1], color="#888", lw=1)
    for index, (name, pairs) in enumerate(series.items()):
        x, y = np.array(pairs, dtype=float).reshape(-1, 2).T
        axes.plot(x, y, marker="o", ms=4, label=printable(name), color=colour_of(index))
    axes.set_xlabel("predicted probability")
    axes.legend(frameon=False, loc="best")
    return png_of(figure)


@as_written
def lines(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    xlabel: str,
    ylabel: str,
    title: str = "",
    within: bool = True,
) -> bytes:
    """Return lines through points.

    Args:
        series: For each name the x and the y of its points; NaN leaves a gap.
        xlabel: Label of the x axis.
        ylabel: Label of the y axis.
        title: Title of the chart.
        within: Whether both are shares in [0, 1].

    Returns:
        A PNG file's bytes.
    """
    figure, axes = figure_of(title, ylabel, (5.4, 4.0))
    for index, (name, (x, y)) in enumerate(series.items()):
        axes.plot(x, y, label=printable(name), color=colour_of(index), lw=1.6)
    if within:
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel(printable(xlabel))
    axes.legend(frameon=False, loc="best", fontsize=9)
    return png_of(figure)


@as_written
def named_points(names: Sequence[str], at: np.ndarray, title: str = "") -> bytes:
    """Return points with their names beside them.

    Args:
        names: A name for each.
        at: `(len(names), 2)`.
        title: Title of the chart.

    Returns:
        A PNG file's bytes.
    """
    figure, axes = figure_of(title, "", (5.4, 4.4))
    axes.scatter(at[:, 0], at[:, 1], s=18, color=colour_of(0))
    for name, (x, y) in zip(names, at, strict=True):
        axes.annotate(
            printable(name), (x, y), xytext=(4, 3), textcoords="offset points", fontsize=8
        )
    axes.margins(0.15)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    return png_of(figure)


def figure_of(
    title: str, ylabel: str, size: tuple[float, float] = (7.2, 3.8)
) -> tuple[Figure, Axes]:
    """Return an empty figure in the manner of all charts, and its axes."""
    from matplotlib.figure import Figure  # the object interface: no global backend is set

    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots()
    axes.set_title(printable(title), loc="left", fontsize=11)
    axes.set_ylabel(printable(ylabel))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.25)
    axes.set_axisbelow(True)
    return figure, axes


def colour_of(index: int) -> str:
    """Return the colour of a series, from 0."""
    return _COLOURS[index % len(_COLOURS)]


def png_of(figure: Figure) -> bytes:
    """Return a figure as a PNG file's bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130)
    return buffer.getvalue()
