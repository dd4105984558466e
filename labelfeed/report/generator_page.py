"""The page of a generator: looks like the data? obeys the label? copies anyone? helps?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from labelfeed.judging.judged import Judged
from labelfeed.report.comparison_page import versions_line
from labelfeed.report.generator_charts import class_pictures, column_charts, trend_map
from labelfeed.report.page import Part, write_page
from labelfeed.report.tables import Table

__all__ = ["judged_table", "write_generator_page"]

_COLUMNS = 18  # that are drawn: the label, then the least alike ones
_PAIRS = 8
_A_CHART = 6
_PICTURES = 8
_NOTE = (
    "Real rows: training rows judged in place of synthetic ones, which is what a perfect generator "
    "would get. Intervals are of 95 %, over rows."
)


def write_generator_page(
    path: Path,
    judged: Judged,
    real: pd.DataFrame,
    synthetic: pd.DataFrame,
    *,
    what: str = "",
    notes: Sequence[str] = (),
    pictures: str | None = None,
    command: str = "",
) -> None:
    """Write the page of a generator; it needs no other file and no network.

    Args:
        path: `.html` file to write.
        judged: What was found.
        real: Real held-out rows, as they were judged.
        synthetic: The generator's rows.
        what: Which rows those are.
        notes: What was left out.
        pictures: The column of pictures, where rows are pictures.
        command: What was typed, shown at the end.
    """
    verdicts = judged.verdicts
    parts: list[Part] = [verdicts[key] for key in ("looks", "obeys", "copies", "helps")]
    basis = f"{judged.synthetic:,} synthetic rows"
    parts.append(f"Judged: {basis} against {what or f'{judged.held_out:,} real rows'}.")
    parts.append(judged_table(judged))
    if pictures is not None:
        name = judged.target[0]
        parts += ["## Pictures by class", _grid(real, synthetic, name, pictures)]
    else:
        parts += _columns(judged, real, synthetic)
        parts += _pairs(judged)
    parts += ["## How it was judged", *_how(judged), *(f"{note}." for note in notes)]
    parts += [f"{note}." for note in judged.notes]
    if command:
        parts += ["## Command", f"$ {command}"]
    parts.append(f"Versions: {versions_line()}")
    write_page(path, "Are the synthetic rows any good?", parts, lead=_lead(verdicts))


def judged_table(judged: Judged) -> Table:
    """Return the figures as a table.

    Args:
        judged: What was found.
    """
    return Table(
        "The figures", ("", "synthetic rows", "real rows", "best"), tuple(judged.figures()), _NOTE
    )


def _lead(verdicts: dict[str, str]) -> str:
    """Return the four answers without what they rest on."""
    answers = [verdicts[key].split(":")[0].rstrip(".") for key in ("looks", "obeys", "copies")]
    answers.append(verdicts["helps"].split(":")[0].rstrip("."))
    return ". ".join(answers) + "."


def _columns(judged: Judged, real: pd.DataFrame, synthetic: pd.DataFrame) -> list[Part]:
    """Return histograms: the label, then the columns that are the least alike."""
    shapes = sorted(
        judged.likeness.shapes, key=lambda one: (one.column not in judged.target, one.score)
    )
    shown = shapes[:_COLUMNS]
    parts: list[Part] = ["## Columns", "Beside each name: 1 is alike, 0 as unlike as can be."]
    if len(shapes) > len(shown):
        parts.append(f"The {len(shown)} least alike of {len(shapes)} columns are shown.")
    for start in range(0, len(shown), _A_CHART):
        parts.append(column_charts(real, synthetic, shown[start : start + _A_CHART]))
    return parts


def _pairs(judged: Judged) -> list[Part]:
    pairs = judged.likeness.pairs
    if not pairs:
        return []
    worst = sorted(pairs, key=lambda one: one.score)[:_PAIRS]
    rows = tuple((f"{one.first}, {one.second}", f"{one.score:.2f}") for one in worst)
    return [
        "## Pairs of columns",
        trend_map(pairs),
        Table("The least alike pairs", ("", "alike"), rows),
    ]


def _grid(real: pd.DataFrame, synthetic: pd.DataFrame, name: str, pictures: str) -> bytes:
    names = sorted(map(str, synthetic[name].dropna().unique()))

    def of(frame: pd.DataFrame, word: str) -> np.ndarray:
        found = frame.loc[frame[name].map(str) == word, pictures]
        return np.stack(list(found[:_PICTURES])) if len(found) else np.zeros((0, 1, 1, 1))

    return class_pictures([of(real, n) for n in names], [of(synthetic, n) for n in names], names)


def _how(judged: Judged) -> list[str]:
    return [
        f"Told apart: boosted trees and a logistic regression learn on four fifths of "
        f"{min(judged.held_out, judged.synthetic):,} rows of each kind, or 5,000, which row is "
        "real, and are scored on the last fifth (Lopez-Paz and Oquab 2017).",
        "Column shapes and pair trends are those of SDMetrics; alpha-precision and beta-recall "
        "those of Alaa et al. (2022), without the embedding they learn.",
        "Copies: the share of synthetic rows whose nearest real row is a training row; rows that "
        "copy nobody are as often near to a held-out one as these are frequent (Platzer and "
        "Reutterer 2021).",
        "The label: extremely randomized trees learn it from held-out rows, which no generator has "
        "seen, and are asked about the synthetic ones; each class counts alike.",
        "Classifiers: boosted trees, scored on the held-out rows by balanced accuracy. Where some "
        "classes are rare, the rows beside the real ones are made for these.",
    ]
