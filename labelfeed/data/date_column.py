"""A column of dates as numbers: days since an origin, and parts of the calendar on circles."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.types import Cells

__all__ = ["Dates"]

_CIRCLES = {"month": 12, "weekday": 7, "hour": 24}
_DAY = 86400.0
_LIMIT = 1e6  # as of numbers: float32 must not overflow


@dataclasses.dataclass(frozen=True)
class Dates:
    """A column of dates: days since the first of training, the year, month, weekday and hour.

    Days and years are standardised. Month, weekday and hour are points on a circle, sine and
    cosine, so that December is next to January. A part that is the same in every training row is
    left out, hours where there are no times. A missing date is 0 in each output.

    Args:
        name: The column's name.
        origin: The first date of training, as ISO 8601; days count from it.
        parts: Those of days, year, month, weekday, hour that vary.
        mean: Mean of days and of year, where they are parts.
        scale: Their standard deviation, positive.
        indicator: Whether a last output tells missing (1) from present (0).

    Example:
        >>> rows = pd.Series(pd.to_datetime(["2020-01-31", None, "2021-01-31"]), name="visit")
        >>> fitted = Dates.fit(rows)
        >>> fitted.outputs
        ('visit days', 'visit year', 'visit weekday sin', 'visit weekday cos', 'visit missing')
        >>> fitted.apply(rows)[:, 0].tolist()
        [-1.0, 0.0, 1.0]
    """

    name: str
    origin: str
    parts: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    indicator: bool

    @classmethod
    def fit(cls, column: pd.Series) -> Dates | str:
        """Learn from training rows of `datetime64`; return why a column is left out, if it is."""
        name = str(column.name)
        values = _seconds(column, name)
        present = values.dropna()
        missing = len(present) < len(values)
        if not len(present):
            return "no date in any training row"
        origin = present.min().normalize()
        made = {part: _part(present, part, origin) for part in ("days", "year", *_CIRCLES)}
        parts = tuple(part for part, numbers in made.items() if np.ptp(numbers) > 0)
        if not parts and not missing:
            return f"always {present.iloc[0]}"
        plain = [made[part] for part in parts if part not in _CIRCLES]
        mean = tuple(float(numbers.mean()) for numbers in plain)
        scale = tuple(float(numbers.std()) for numbers in plain)
        return cls(name, origin.isoformat(), parts, mean, scale, missing)

    def check(self) -> None:
        """Raise `ValueError` if the parts do not fit each other."""
        plain = [part for part in self.parts if part in ("days", "year")]
        if len(plain) + len(set(self.parts) & set(_CIRCLES)) != len(set(self.parts)):
            raise ValueError(f"{self.parts} are no parts of a date")
        if not len(plain) == len(self.mean) == len(self.scale) or min(self.scale, default=1) <= 0:
            raise ValueError(f"{plain} need a mean and a positive scale each")
        if pd.isna(pd.Timestamp(self.origin)):
            raise ValueError("origin must be a date")

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the columns of `apply`."""
        names: list[str] = []
        for part in self.parts:
            ends = (" sin", " cos") if part in _CIRCLES else ("",)
            names += [f"{self.name} {part}{end}" for end in ends]
        return (*names, *([f"{self.name} missing"] if self.indicator else []))

    def apply(self, column: Cells) -> np.ndarray:
        """Return float32 of shape `(n, number of outputs)`.

        Raises:
            DataError: The column holds something else than dates.
        """
        values = _seconds(column, self.name)
        missing = values.isna().to_numpy()
        filled = values.fillna(pd.Timestamp(self.origin))
        scales = iter(zip(self.mean, self.scale, strict=True))
        out = []
        for part in self.parts:
            numbers = _part(filled, part, pd.Timestamp(self.origin))
            if part in _CIRCLES:
                angle = 2 * np.pi * numbers / _CIRCLES[part]
                found = [np.sin(angle), np.cos(angle)]
            else:
                mean, scale = next(scales)
                found = [np.clip((numbers - mean) / scale, -_LIMIT, _LIMIT)]
            out += [np.where(missing, 0.0, numbers) for numbers in found]
        if self.indicator:
            out.append(missing)
        return np.stack(out, axis=1).astype(np.float32)


def _seconds(column: Cells, name: str) -> pd.Series:
    values = column if isinstance(column, pd.Series) else pd.Series(column)
    if values.dtype.kind != "M":
        if values.isna().all():
            return pd.Series(pd.NaT, values.index, "datetime64[s]")
        raise DataError(
            f"The column {name!r} holds {values.dropna().iloc[0]!r}; expected dates (datetime64), "
            f"as load_table(dates=[{name!r}]) and pandas.to_datetime make them."
        )
    aware = values.dt.tz_convert("UTC").dt.tz_localize(None) if values.dt.tz else values
    return aware.dt.as_unit("s")


def _part(dates: pd.Series, part: str, origin: pd.Timestamp) -> np.ndarray:
    if part == "days":
        return (dates - origin).dt.total_seconds().to_numpy(np.float64) / _DAY
    if part == "month":
        return dates.dt.month.to_numpy(np.float64) - 1
    if part == "hour":
        return (dates.dt.hour + dates.dt.minute / 60).to_numpy(np.float64)
    found = dates.dt.year if part == "year" else dates.dt.day_of_week
    return found.to_numpy(np.float64)
