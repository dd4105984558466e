"""Column shapes and pair trends, as SDMetrics defines them: 1 is alike, 0 as unlike as can be."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pandas as pd

from labelfeed.judging.rows import Columns, cell_words, float_values
from labelfeed.results import Result

__all__ = ["ColumnShape", "PairTrend", "column_shapes", "pair_trends"]

_BINS = 10
_MOST_COLUMNS = 60  # pairs of more are too many to read


@dataclasses.dataclass(frozen=True)
class ColumnShape(Result):
    """How alike one column is in real and in synthetic rows.

    Attributes:
        column: Its name.
        kind: `"number"` or `"words"`.
        score: Complement of the distance: Kolmogorov and Smirnov's of numbers, the total variation
            of words; in [0, 1].
        missing: Complement of the difference between the shares of missing cells, in [0, 1].
    """

    column: str
    kind: str
    score: float
    missing: float


@dataclasses.dataclass(frozen=True)
class PairTrend(Result):
    """How alike the relation of two columns is in real and in synthetic rows.

    Attributes:
        first: One column.
        second: The other.
        kind: `"correlation"` of two numbers, `"contingency"` of others.
        score: 1 - |difference of correlations| / 2, or the complement of the total variation
            between the two tables of counts; in [0, 1].
    """

    first: str
    second: str
    kind: str
    score: float


def column_shapes(
    real: pd.DataFrame, synthetic: pd.DataFrame, columns: Columns
) -> tuple[ColumnShape, ...]:
    """Return how alike each column is, the target among them.

    Reference: Patki et al. (2016), the Synthetic Data Vault, and its package SDMetrics
    (`KSComplement`, `TVComplement`, `MissingValueSimilarity`).

    Args:
        real: Real rows.
        synthetic: Synthetic rows.
        columns: What the columns are.

    Example:
        >>> import pandas as pd
        >>> real = pd.DataFrame({"a": [1.0, 2, 3, 4], "y": ["p", "p", "q", "q"]})
        >>> made = pd.DataFrame({"a": [3.0, 4, 5, 6], "y": ["p", "p", "p", "q"]})
        >>> shapes = column_shapes(real, made, Columns.of(real, "y"))
        >>> [(s.column, s.score) for s in shapes]
        [('a', 0.5), ('y', 0.75)]
    """
    found = []
    for name in (*columns.numbers, *columns.words, *columns.target):
        number = name in columns.numbers
        score = _ks(real[name], synthetic[name]) if number else _tv(real[name], synthetic[name])
        gap = abs(float(real[name].isna().mean()) - float(synthetic[name].isna().mean()))
        found.append(ColumnShape(name, "number" if number else "words", score, 1 - gap))
    return tuple(found)


def pair_trends(
    real: pd.DataFrame, synthetic: pd.DataFrame, columns: Columns
) -> tuple[PairTrend, ...]:
    """Return how alike the relation of each two columns is; of many columns the first 60.

    Numbers beside words are cut into ten ranges of equal width of the real rows, as SDMetrics does.
    Pairs with a constant column have no correlation and are left out.

    Args:
        real: Real rows.
        synthetic: Synthetic rows.
        columns: What the columns are.

    Example:
        >>> import pandas as pd
        >>> real = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 2, 3], "y": ["p", "q", "q"]})
        >>> made = real.assign(b=[3.0, 2, 1])
        >>> [t.score for t in pair_trends(real, made, Columns.of(real, "y"))][0]
        0.0
    """
    numbers = columns.numbers[: _MOST_COLUMNS - len(columns.target)]
    words = (*columns.words[: _MOST_COLUMNS - len(numbers)], *columns.target)
    of_real = _numeric(real, numbers).corr().to_numpy()
    of_synthetic = _numeric(synthetic, numbers).corr().to_numpy()
    found = []
    for i, j in itertools.combinations(range(len(numbers)), 2):
        score = 1 - abs(of_real[i, j] - of_synthetic[i, j]) / 2
        if not np.isnan(score):
            found.append(PairTrend(numbers[i], numbers[j], "correlation", float(score)))
    codes = {name: _codes(real[name], synthetic[name], name in numbers) for name in numbers + words}
    pairs = [*itertools.product(numbers, words), *itertools.combinations(words, 2)]
    for first, second in pairs:
        score = _contingency(codes[first], codes[second])
        found.append(PairTrend(first, second, "contingency", score))
    return tuple(found)


def _ks(real: pd.Series, synthetic: pd.Series) -> float:
    one, other = np.sort(_numbers(real)), np.sort(_numbers(synthetic))
    if not len(one) or not len(other):
        return 1.0 if len(one) == len(other) else 0.0
    at = np.concatenate([one, other])
    below = np.searchsorted(one, at, "right") / len(one)
    gap = np.abs(below - np.searchsorted(other, at, "right") / len(other)).max()
    return 1 - float(gap)


def _tv(real: pd.Series, synthetic: pd.Series) -> float:
    one = pd.Series(cell_words(real)).value_counts(normalize=True)
    other = pd.Series(cell_words(synthetic)).value_counts(normalize=True)
    return 1 - float(one.sub(other, fill_value=0).abs().sum()) / 2


def _codes(real: pd.Series, synthetic: pd.Series, number: bool) -> tuple[np.ndarray, np.ndarray]:
    if number:
        values = _numbers(real)
        edges = np.histogram_bin_edges(values if len(values) else np.zeros(1), _BINS)[1:-1]
        one, other = (np.searchsorted(edges, float_values(s), "right") for s in (real, synthetic))
        for codes, series in ((one, real), (other, synthetic)):
            codes[np.isnan(float_values(series))] = _BINS
        return one, other
    _, codes = np.unique(
        np.concatenate([cell_words(real), cell_words(synthetic)]), return_inverse=True
    )
    return codes[: len(real)], codes[len(real) :]


def _contingency(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]
) -> float:
    width = 1 + max(int(codes.max(initial=0)) for codes in second)
    size = width * (1 + max(int(codes.max(initial=0)) for codes in first))
    one, other = (
        np.bincount(a * width + b, minlength=size) / len(a)
        for a, b in zip(first, second, strict=True)
    )
    return 1 - float(np.abs(one - other).sum()) / 2


def _numeric(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: float_values(frame[name]) for name in names})


def _numbers(column: pd.Series) -> np.ndarray:
    values = float_values(column)
    return values[~np.isnan(values)]
