"""Words in features that may mean missing: counted, and taken out where that is declared."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labelfeed.data.label_cells import means_missing
from labelfeed.data.number_cells import number_cells
from labelfeed.data.spellings import Spelling
from labelfeed.labels.cell_rules import CellRules, CellState
from labelfeed.labels.words import EMPTY, MISSING

__all__ = ["feature_cells"]

_MOST = 100  # different words: more are no categories, and the column is left out


def feature_cells(
    features: pd.DataFrame, cells: CellRules
) -> tuple[pd.DataFrame, tuple[Spelling, ...]]:
    """Return features without the words that are declared missing, and what such words are.

    In a column of numbers, or of yes and no, words such as `NA` are missing; in a column of words
    they are categories, unless declared missing. Declared numbers concern labels alone: -1 stays.

    Args:
        features: Raw columns.
        cells: What was declared.

    Example:
        >>> rows = pd.DataFrame({"age": ["31", "?", "50"], "country": ["NA", "DE", "US"]})
        >>> for found in feature_cells(rows, CellRules())[1]:
        ...     print(found.column, found.spelling, found.state, found.count)
        age ? unknown 1
        country NA class 1
    """
    gone = cells.feature_words
    found: list[Spelling] = []
    blanked: dict[str, pd.Series] = {}
    for name in features.columns:
        column = features[name]
        if column.dtype.kind in "iufbmMc":
            continue
        counts, numbers = _words(column)
        declared = [text for text in counts.index if text in gone and text.strip()]
        usual = [text for text in counts.index if text in MISSING and text not in gone]
        if declared:
            blanked[name] = column.where(~column.isin(declared))
            found += [_spelling(name, t, "unknown", counts[t]) for t in declared]
        if usual:
            words = [text for text in counts.index if text not in MISSING and text not in gone]
            missing = means_missing({*words, *numbers})
            state: CellState = "unknown" if missing else "class"
            found += [
                _spelling(name, t, state, counts[t], guessed=cells.declared(t) != "keep")
                for t in usual
            ]
    return features.assign(**blanked) if blanked else features, tuple(found)


def _words(column: pd.Series) -> tuple[pd.Series, list[str]]:
    """Return how often each text stands there that is no number, and the first few numbers.

    Nothing where the texts are many.
    """
    numbers, words = number_cells(column, EMPTY)
    rest = column[words]
    counts = rest.value_counts()
    counts = counts[[isinstance(text, str) for text in counts.index]]
    if not len(counts) or len(counts) > _MOST:
        return counts.head(0), []
    some = pd.unique(numbers[~np.isnan(numbers)])[:9]
    return counts, [f"{number:g}" for number in some]


def _spelling(
    name: object, text: str, state: CellState, count: int, guessed: bool = False
) -> Spelling:
    read_as = text if state == "class" else ""
    return Spelling("feature", str(name), text, state, int(count), read_as, guessed)
