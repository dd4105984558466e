"""From raw rows to the numbers a network takes: fitted once, kept as JSON beside the model."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from labelfeed.data.beside import PicturesAndColumns
from labelfeed.data.columns import Category, Numeric, fit_column
from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.data.date_column import Dates
from labelfeed.data.described import from_description, is_number
from labelfeed.data.feature_cells import feature_cells
from labelfeed.data.unseen import meant, unseen_notes
from labelfeed.labels.cell_rules import CellRules
from labelfeed.types import Features

__all__ = ["Preprocessor"]

_Column = Numeric | Category | Dates
_KINDS: dict[str, type[_Column]] = {"numeric": Numeric, "category": Category, "dates": Dates}


@dataclasses.dataclass(frozen=True)
class Preprocessor:
    """What was learned from the raw training rows, applied to any raw rows.

    Numbers and true/false: missing values become the training median, with a missing indicator
    where training rows had missing values, then zero mean and unit variance. Words: one-hot, with
    a last slot for other and missing values. Dates: days and parts of the
    calendar (`Dates`). Images: linearly to [0, 1]. Columns that carry nothing (constant, empty,
    like an identifier) are left out and listed in `dropped`.

    Args:
        kind: `"columns"` for tables and vectors, `"image"` for images.
        columns: The fitted columns, in the order of the outputs.
        dropped: Name and reason of every column left out.
        low: Pixel value that becomes 0.
        high: Pixel value that becomes 1.
        shape: Shape of one output row: `(d,)` or `(height, width, channels)`.
        missing: Words that were declared missing, on top of those that mean it among numbers.
        picture: Shape of the picture where columns stand beside it: a row is its pixels, flattened,
            then the outputs of the columns.

    Example:
        >>> import pandas as pd
        >>> rows = pd.DataFrame({"age": [20, None, 40], "sex": ["f", "m", "f"]})
        >>> fitted = Preprocessor.fit(rows)
        >>> fitted.outputs
        ('age', 'age missing', 'sex=f', 'sex=m', 'sex other/missing')
        >>> fitted.transform(rows).shape
        (3, 5)
    """

    kind: Literal["columns", "image"]
    columns: tuple[_Column, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    low: float = 0.0
    high: float = 1.0
    shape: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    picture: tuple[int, ...] = ()

    @classmethod
    def fit(cls, features: Features) -> Preprocessor:
        """Learn from raw training rows.

        Args:
            features: DataFrame, or array of shape `(n, d)` or `(n, height, width, channels)`, or
                `PicturesAndColumns`.

        Raises:
            DataError: No row, no usable column, an infinite number, or a missing pixel.
        """
        if len(features) == 0:
            raise DataError("There is no training row to fit the preprocessing on.")
        if isinstance(features, PicturesAndColumns):
            image, beside = cls._fit_images(features.pixels), cls.fit(features.table)
            return dataclasses.replace(
                beside, kind="image", low=image.low, high=image.high, picture=image.shape,
                shape=(math.prod(image.shape) + beside.shape[0],),
            )  # fmt: skip
        if not isinstance(features, pd.DataFrame) and np.ndim(features) == 4:
            return cls._fit_images(np.asarray(features))
        frame = _frame(features)
        columns: list[_Column] = []
        dropped: list[tuple[str, str]] = []
        for name in frame.columns:
            fitted = fit_column(frame[name])
            if isinstance(fitted, str):
                dropped.append((str(name), fitted))
            else:
                columns.append(fitted)
        if not columns:
            reasons = "; ".join(f"{name!r}: {reason}" for name, reason in dropped[:5])
            raise DataError(f"No feature column is usable: {reasons}.")
        width = sum(len(column.outputs) for column in columns)
        return cls("columns", tuple(columns), tuple(dropped), shape=(width,))

    @classmethod
    def _fit_images(cls, images: np.ndarray) -> Preprocessor:
        _check_pixels(images)
        if images.dtype == np.uint8:
            low, high = 0.0, 255.0
        else:
            low, high = min(float(images.min()), 0.0), float(images.max())
            high = high if high > low else low + 1.0
        return cls("image", low=low, high=high, shape=tuple(images.shape[1:]))

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the output columns (empty for images)."""
        return tuple(name for column in self.columns for name in column.outputs)

    @property
    def design(self) -> tuple[int, ...] | tuple[tuple[int, ...], int]:
        """What a network is built for: `shape`, or the picture's and the number of columns."""
        return (self.picture, len(self.outputs)) if self.picture else self.shape

    def pictures(self, x: np.ndarray) -> np.ndarray:
        """Return the pictures of transformed rows, without what stands beside them."""
        inside = x[:, : math.prod(self.picture)] if self.picture else x
        return inside.reshape(-1, *(self.picture or self.shape))

    @property
    def notes(self) -> tuple[str, ...]:
        """One line per column left out, for the user; many of one kind are told together."""
        lines = [f"column {name!r} left out: {reason}" for name, reason in self.dropped]
        if len(lines) <= 8:
            return tuple(lines)
        return (*lines[:7], f"{len(lines) - 7} more columns left out")

    def transform(self, features: Features) -> np.ndarray:
        """Turn raw rows into float32 of shape `(n, *shape)`; the result is always finite.

        Args:
            features: Raw rows as in `fit`. Extra columns are ignored, the order does not matter.

        Raises:
            DataError: A column is missing, or a value does not fit; names row and column.
        """
        if self.picture:
            if not isinstance(features, PicturesAndColumns):
                raise DataError("The run reads columns beside each picture; there are none here.")
            pixels = self._transform_images(features.pixels, self.picture)
            flat = pixels.reshape(len(pixels), math.prod(self.picture))
            return np.concatenate([flat, self._transform_columns(features.table)], axis=1)
        if self.kind == "image":
            return self._transform_images(features, self.shape)
        return self._transform_columns(features)

    def _transform_columns(self, features: Features) -> np.ndarray:
        frame = self._named(features)
        if len(frame) == 0:
            return np.zeros((0, len(self.outputs)), np.float32)
        if self.missing:
            frame, _ = feature_cells(frame, CellRules(self.missing))
        return np.concatenate([c.apply(frame[c.name]) for c in self.columns], axis=1)

    def _named(self, features: Features) -> pd.DataFrame:
        frame = _frame(features)
        expected = len(self.columns) + len(self.dropped)
        if not isinstance(features, pd.DataFrame) and frame.shape[1] != expected:
            raise DataError(f"Rows have {frame.shape[1]} features; the run needs {expected}.")
        missing = [column.name for column in self.columns if column.name not in frame.columns]
        if not missing:
            return frame
        if len(missing) == 1:
            hint = did_you_mean(missing[0], frame.columns)
            raise DataError(f"The column {missing[0]!r} is missing; the run needs it.{hint}")
        others = [str(name) for name in frame.columns]
        shown = meant(missing, others)
        raise DataError(f"{len(missing)} columns that the run needs are missing: {shown}.")

    def told(self, features: Features) -> tuple[str, ...]:
        """Return a line for each column of new rows with values that training did not see."""
        if isinstance(features, PicturesAndColumns):
            features = features.table
        if not isinstance(features, pd.DataFrame):
            return ()
        values = {c.name: c.values if isinstance(c, Category) else None for c in self.columns}
        return unseen_notes(values, features)

    def _transform_images(self, features: Features, shape: tuple[int, ...]) -> np.ndarray:
        images = np.asarray(features)
        if images.shape[1:] != shape:
            raise DataError(
                f"Images have the shape {images.shape[1:]}; the run needs {shape} "
                "(height, width, channels)."
            )
        _check_pixels(images)
        scaled = (images.astype(np.float32) - self.low) / (self.high - self.low)
        return np.clip(scaled, 0.0, 1.0).astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` needs, made of JSON types only."""
        columns = []
        for column in self.columns:
            kind = next(kind for kind, made in _KINDS.items() if isinstance(column, made))
            columns.append({"kind": kind, **dataclasses.asdict(column)})
        declared: dict[str, Any] = {"missing": list(self.missing)} if self.missing else {}
        declared |= {"picture": list(self.picture)} if self.picture else {}
        return {
            **declared,
            "kind": self.kind,
            "columns": columns,
            "dropped": [list(pair) for pair in self.dropped],
            "low": self.low,
            "high": self.high,
            "shape": list(self.shape),
        }

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> Preprocessor:
        """Return the preprocessor that `to_json` described.

        Raises:
            DataError: The description is broken.
        """
        try:
            columns = tuple(_column(dict(item)) for item in config["columns"])
            made = cls(
                config["kind"],
                columns,
                tuple((str(name), str(reason)) for name, reason in config["dropped"]),
                config["low"],
                config["high"],
                tuple(config["shape"]),
                tuple(config.get("missing", ())),
                tuple(config.get("picture", ())),
            )
            made._check()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"The description of the preprocessing is broken: {error!r}") from error
        return made

    def _check(self) -> None:
        """Raise `ValueError` if the parts do not fit each other."""
        sizes = (*self.shape, *self.picture)
        if not all(isinstance(size, int) and 0 < size < 2**31 for size in sizes):
            raise ValueError(f"shape must be whole numbers from 1, got {sizes!r}")
        if not (is_number(self.low) and is_number(self.high) and self.low < self.high):
            raise ValueError(f"low must be a number below high, got {self.low} and {self.high}")
        if not all(isinstance(word, str) for word in self.missing):
            raise ValueError(f"missing must be texts, got {self.missing!r}")
        if self.picture:
            width = math.prod(self.picture) + len(self.outputs)
            if self.kind != "image" or len(self.picture) != 3 or self.shape != (width,):
                raise ValueError(f"a picture {self.picture!r} with columns, shape {self.shape}")
        elif self.kind == "image":
            if len(self.shape) != 3:
                raise ValueError(f"the shape of an image has 3 sizes, got {self.shape!r}")
        elif self.kind != "columns":
            raise ValueError(f"kind must be 'columns' or 'image', got {self.kind!r}")
        elif self.shape != (len(self.outputs),):
            raise ValueError(f"{len(self.outputs)} outputs of the columns, shape {self.shape}")
        if any(isinstance(c, Numeric) and c.scale <= 0 for c in self.columns):
            raise ValueError("scale must be positive")
        for column in self.columns:
            if isinstance(column, Dates):
                column.check()


def _column(item: dict[str, Any]) -> _Column:
    column: _Column = from_description(_KINDS[item.pop("kind")], item)
    return column


def _frame(features: Features) -> pd.DataFrame:
    """Return a table; the columns of an array are called `x0`, `x1`, ..., its rows 1, 2, ..."""
    if isinstance(features, pd.DataFrame):
        return features
    array = np.asarray(features)
    if array.ndim != 2:
        raise DataError(f"Features have the shape {array.shape}; expected (rows, features).")
    rows = pd.RangeIndex(1, len(array) + 1)
    return pd.DataFrame(array, columns=[f"x{i}" for i in range(array.shape[1])], index=rows)


def _check_pixels(images: np.ndarray) -> None:
    if images.dtype.kind not in "iufb":
        raise DataError(f"Images have the dtype {images.dtype}; expected numbers.")
    if images.dtype.kind != "f":
        return
    bad = np.argwhere(~np.isfinite(images))
    if len(bad):
        row, *pixel = (int(i) for i in bad[0])
        value = images[tuple(bad[0])]
        raise DataError(
            f"got {value}; expected a number.",
            place=f"Image {row + 1}, pixel {tuple(pixel)}",
            row=row + 1,
            value=value,
            expected="a number",
        )
