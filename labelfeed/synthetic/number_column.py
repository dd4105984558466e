"""Columns of numbers and of dates: quantiles, whole numbers and places after the point kept."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.data.dates import ISO, read_dates
from labelfeed.data.number_cells import number_cells
from labelfeed.synthetic.cells import CellColumn, spelling_of_nothing
from labelfeed.synthetic.quantiles import Quantiles

__all__ = ["DateColumn", "NumberColumn"]

_MOST_DECIMALS = 6
_LARGEST = 2.0**53
_DAY = 86400.0


@dataclasses.dataclass(frozen=True)
class NumberColumn(CellColumn):
    """A column of numbers: one number, their quantile as a standard normal one.

    Args:
        name: As for `CellColumn`.
        missing: As for `CellColumn`.
        empty: As for `CellColumn`.
        at: Of `Quantiles`; empty where no row has a value.
        values: Of `Quantiles`.
        decimals: Most digits after the point in the rows, 0 for whole numbers; `None`: more than 6.

    Example:
        >>> made = NumberColumn.fit(pd.Series(["3", "", "5", "3"], name="children"))
        >>> made.decode(made.encode(pd.Series(["5", None]), np.random.default_rng(0))).tolist()
        [5, <NA>]
    """

    at: tuple[float, ...]
    values: tuple[float, ...]
    decimals: int | None

    @classmethod
    def fit(cls, cells: pd.Series) -> NumberColumn:
        """Learn from the cells of training rows; those that are no numbers are empty."""
        found, _ = number_cells(cells)
        gone = np.isnan(found)
        there = found[~gone]
        made = Quantiles.fit(there) if len(there) else Quantiles((), ())
        name, empty = str(cells.name), spelling_of_nothing(cells, gone)
        return cls(name, float(gone.mean()), empty, made.at, made.values, _decimals(there))

    def check(self) -> None:
        """Raise `ValueError` if the quantiles do not fit each other."""
        if self.missing < 1:
            self.quantiles.check()
        if self.decimals is not None and not 0 <= self.decimals <= _MOST_DECIMALS:
            raise ValueError(f"decimals must be 0 to {_MOST_DECIMALS}, got {self.decimals}")

    @property
    def quantiles(self) -> Quantiles:
        """The quantiles of the values."""
        return Quantiles(self.at, self.values)

    @property
    def value_width(self) -> int:
        """One; none for a constant."""
        return int(self.values[0] < self.values[-1]) if self.values else 0

    def read(self, cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of cells, and which are empty."""
        found, wrong = number_cells(cells)
        if (wrong | np.isinf(found)).any():
            at = int(np.argmax(wrong | np.isinf(found)))
            raise DataError(row=at + 1, column=self.name, value=cells.iloc[at],
                            expected="a number or an empty cell")  # fmt: skip
        return found, np.isnan(found)

    def anything(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return n numbers as often as they stood in the rows."""
        return np.interp(rng.random(n), self.at, self.values) if self.at else np.zeros(n)

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """Return `(n, value_width)` of numbers."""
        if not self.value_width:
            return np.zeros((len(values), 0))
        return self.quantiles.encode(values)[:, None]

    def found(self, numbers: np.ndarray) -> np.ndarray:
        """Return the numbers `(n,)` of their quantiles."""
        if self.value_width:
            return self.quantiles.decode(numbers[:, 0])
        return np.full(len(numbers), self.values[0] if self.values else 0.0)

    def words(self, values: np.ndarray) -> np.ndarray:
        """Return the numbers as the file has them: whole ones whole."""
        if self.decimals is None:
            return values.astype(object)
        rounded = np.round(values, self.decimals)
        return (rounded if self.decimals else rounded.astype(np.int64)).astype(object)

    def series(self, values: np.ndarray) -> pd.Series:
        """Return numbers, as `Int64` where they are whole; with words among them as objects."""
        if any(isinstance(value, str) for value in values):
            return pd.Series(values, dtype=object, name=self.name)
        return pd.Series(values, dtype="Int64" if self.decimals == 0 else float, name=self.name)


@dataclasses.dataclass(frozen=True)
class DateColumn(NumberColumn):
    """A column of dates: days, or seconds where there are times, since 1970, as numbers.

    Args:
        name: As for `CellColumn`.
        missing: As for `CellColumn`.
        empty: As for `CellColumn`.
        at: As for `NumberColumn`.
        values: As for `NumberColumn`.
        decimals: 0.
        written: How the file writes dates, `ISO8601` or a format of `strptime`; `""`: as dates.
        days: Whether they are days, else seconds.
    """

    written: str
    days: bool

    @classmethod
    def fit(cls, cells: pd.Series, written: str = "") -> DateColumn:
        """Learn from cells of `datetime64`, and from how the file writes them."""
        seconds = _seconds(cells)
        there = seconds[~np.isnan(seconds)]
        days = bool((there % _DAY == 0).all())
        number = NumberColumn.fit(pd.Series(seconds / (_DAY if days else 1.0), name=cells.name))
        fields = {f.name: getattr(number, f.name) for f in dataclasses.fields(NumberColumn)}
        return cls(**{**fields, "decimals": 0}, written=written, days=days)

    def read(self, cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        """Return the days or seconds of cells, and which are empty."""
        if cells.dtype.kind != "M":
            how = f"{self.name}={self.written or ISO}"
            frame, _ = read_dates(cells.rename(self.name).to_frame(), [how], "the rows")
            cells = frame[self.name]
        seconds = _seconds(cells)
        return seconds / (_DAY if self.days else 1.0), np.isnan(seconds)

    def series(self, values: np.ndarray) -> pd.Series:
        """Return dates as the file writes them."""
        seconds = np.array([np.nan if v is None else float(v) for v in values])
        seconds *= _DAY if self.days else 1.0
        dates = pd.Series(pd.to_datetime(seconds, unit="s"), name=self.name).dt.as_unit("s")
        if not self.written:
            return dates
        how = ("%Y-%m-%d" if self.days else "%Y-%m-%dT%H:%M:%S") if self.written == ISO else None
        return dates.dt.strftime(how or self.written).astype(object).where(dates.notna(), None)


def _seconds(cells: pd.Series) -> np.ndarray:
    aware = cells.dt.tz_convert("UTC").dt.tz_localize(None) if cells.dt.tz else cells
    found = aware.dt.as_unit("s")
    whole = found.fillna(pd.Timestamp(0)).astype("int64").to_numpy(np.float64)
    return np.where(found.isna(), np.nan, whole)


def _decimals(values: np.ndarray) -> int | None:
    """Return how many digits after the point numbers have, `None` for more than six."""
    size = float(np.abs(values).max(initial=1.0))
    for digits in range(_MOST_DECIMALS + 1):
        scaled = values * 10.0**digits
        if size * 10**digits > _LARGEST:
            return None
        if np.all(np.abs(scaled - np.round(scaled)) <= 1e-9 * np.maximum(np.abs(scaled), 1)):
            return digits
    return None
