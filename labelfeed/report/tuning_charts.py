"""Charts of a study as PNG bytes: its history, and the importance of each setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labelfeed.printable import printable
from labelfeed.report.charts import as_written, colour_of, figure_of, png_of

__all__ = ["history", "importance_chart"]

_MOST = 12  # settings


@as_written
def history(
    numbers: Sequence[int],
    whole: Sequence[float | None],
    early: Sequence[float | None],
    defaults: float | None,
    ylabel: str,
    title: str = "",
    *,
    least: bool = False,
) -> bytes:
    """Return the score of each trial, the best so far as a line, and that of the defaults.

    Args:
        numbers: Numbers of the trials.
        whole: Score of each trial that is whole, else `None`.
        early: Score of each that was ended early, of the folds that it has, else `None`.
        defaults: Score of the defaults.
        ylabel: Label of the y axis.
        title: Title of the chart.
        least: Whether the least score is the best.

    Returns:
        A PNG file's bytes.
    """
    figure, axes = figure_of(title, ylabel)
    x, y = np.asarray(numbers, float), np.array([np.nan if v is None else v for v in whole])
    z = np.array([np.nan if v is None else v for v in early])
    best = (np.fmin if least else np.fmax).accumulate(y) if len(y) else y
    axes.plot(x, y, "o", ms=5, color=colour_of(0), label="whole")
    if np.isfinite(z).any():
        axes.plot(x, z, "x", ms=5, color="#888", label="ended early")
    axes.step(x, best, where="post", color=colour_of(1), label="best so far")
    if defaults is not None:
        axes.axhline(defaults, color=colour_of(2), lw=1, ls="--", label="defaults")
    if np.isfinite(y).any():  # what was ended early may lie far off
        low, high = float(np.nanmin(y)), float(np.nanmax(y))
        room = 0.15 * (high - low) or 0.05 * abs(high) or 0.05
        axes.set_ylim(low - room, high + room)
    axes.set_xlabel("trial")
    axes.locator_params(axis="x", integer=True)
    axes.legend(frameon=False, loc="best")
    return png_of(figure)


@as_written
def importance_chart(values: Mapping[str, float], title: str = "") -> bytes:
    """Return a bar for each share, the largest on top.

    Args:
        values: Shares in [0, 1] by name; the twelve largest are shown.
        title: Title of the chart.

    Returns:
        A PNG file's bytes.
    """
    top = sorted(values.items(), key=lambda pair: -pair[1])[:_MOST]
    figure, axes = figure_of(title, "", (5.4, 0.9 + 0.34 * len(top)))
    at = -np.arange(len(top), dtype=float)
    drawn = axes.barh(at, [100 * value for _, value in top], color=colour_of(0))
    axes.bar_label(drawn, fmt="%.0f %%", fontsize=8, padding=2)
    axes.set_yticks(at, [printable(name) for name, _ in top])
    axes.set_xlabel("share of the variance, %")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", alpha=0.25)
    axes.margins(x=0.12)
    return png_of(figure)
