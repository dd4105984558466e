"""A trained generator: rows or pictures made anew, for labels and other columns that are given."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.generate import ConditionalDiffusion
from labelfeed.generate.conditions import ids_of_known, ids_of_sides
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.nearest import listed
from labelfeed.labels.spec import LabelSpec
from labelfeed.labels.words import MISSING, UNKNOWN_LABEL, is_missing
from labelfeed.synthetic import TableCodec
from labelfeed.synthetic.asked import by_column
from labelfeed.synthetic.category_column import IdColumn
from labelfeed.synthetic.combinations import Combinations
from labelfeed.synthetic.pictures import PictureCodec
from labelfeed.synthetic.training_rows import training_rows_of

__all__ = ["PICTURE", "Generator"]

PICTURE = "picture"
"""Column of the pictures that are made: uint8 arrays."""


@dataclasses.dataclass(frozen=True, eq=False)
class Generator:
    """What makes rows, with the codec of its columns and its record: a run of `generate`.

    Args:
        model: The trained diffusion.
        codec: Rows or pictures as numbers, and back.
        combinations: Labels and side labels of the training rows.
        spelling: How the file writes the classes of labels and side labels.
        options: Training options as JSON types.
        data: How the training file was read.
        split: Row positions in the training file by part: `"validation"` and `"test"`.
        metrics: What was kept of the training, as JSON types.
        versions: Versions of labelfeed, Python, Keras and the backend.
    """

    model: ConditionalDiffusion
    codec: TableCodec | PictureCodec
    combinations: Combinations
    spelling: dict[str, dict[str, str]]
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    data: dict[str, Any] = dataclasses.field(default_factory=dict)
    split: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    metrics: dict[str, Any] = dataclasses.field(default_factory=dict)
    versions: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def spec(self) -> LabelSpec:
        """The label spec."""
        return self.model.spec

    @property
    def sides(self) -> tuple[LabelSpec, ...]:
        """The specs of the side labels."""
        return self.model.sides

    @property
    def interrupted(self) -> bool:
        """Whether training was interrupted."""
        return bool(self.metrics.get("training", {}).get("interrupted"))

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the label columns and side labels."""
        return (*(c.name for c in self.spec.label_columns), *(s.name for s in self.sides))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns that rows can be asked for by."""
        columns = self.codec.columns if isinstance(self.codec, TableCodec) else ()
        own = [column.name for column in columns if not isinstance(column, IdColumn)]
        return (*self.labels, *(name for name in own if name not in self.labels))

    def sample(
        self,
        n: int,
        known: Mapping[str, Any] | None = None,
        *,
        guidance: float = 1.0,
        guidance_interval: tuple[float, float] | None = None,
        steps: int | None = None,
        seed: int | None = None,
        verbose: str | int = 0,
    ) -> pd.DataFrame:
        """Return n rows made anew, with the columns of the training file.

        Labels that are not asked for are drawn as they stand together in the training rows, those
        that fit what is asked; with `guidance=0` all columns come from the unconditional model.

        Args:
            n: How many, >= 1.
            known: Values of labels, side labels and other columns, one for all rows or one for
                each: `{"diagnosis": "malignant", "age": 63}`.
            guidance: 0 leaves the labels out, 1 follows them, above 1 exaggerates them.
            guidance_interval: Noise levels between which guidance counts.
            steps: Of the sampler.
            seed: With it the same rows come again.
            verbose: 1 shows progress.

        Returns:
            The rows; of pictures their labels, and a column `picture` of uint8 arrays.

        Raises:
            DataError: There is no such column, or no training row has such a value.
            LabelError: A label does not fit; suggests the nearest.
            ValueError: n or guidance is out of its range.
        """
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
            raise ValueError(f"n must be a whole number >= 1, got {n!r}.")
        asked = {by_column(name, self.names): value for name, value in (known or {}).items()}
        rng = np.random.default_rng(seed)
        ids = self._ids(asked, int(n))
        if guidance > 0:
            ids = self.combinations.draw(ids, rng)
        given = self._given(asked, int(n))
        how = {"guidance": guidance, "guidance_interval": guidance_interval, "steps": steps}
        x = self._made(ids, given, rng, verbose=verbose, **how)
        if isinstance(self.codec, PictureCodec):
            frame = pd.DataFrame({name: self._words(ids, name) for name in self.labels})
            frame[PICTURE] = list(self.codec.decode(x))
            return frame
        frame = self.codec.decode(x)
        for name in given.columns:
            column = self.codec.columns[self.codec.names.index(name)]
            if (values := column.read(given[name]))[1].any():
                raise DataError(f"{name!r}: what is known is a value, no empty cell.")
            frame[name] = column.series(column.words(values[0]))
        if guidance == 0:
            return frame
        frame = self._labelled(frame, ids)
        for place, name in enumerate(self.labels):  # in training too there are rows without
            if name in self.spelling and self.combinations.some_unknown[place]:
                frame.loc[ids[:, place] == UNKNOWN, name] = None
        return frame

    def fill(
        self,
        rows: pd.DataFrame,
        dataset: Dataset | None = None,
        *,
        guidance: float = 1.0,
        steps: int | None = None,
        seed: int | None = None,
        verbose: str | int = 0,
    ) -> pd.DataFrame:
        """Return rows whose empty cells are filled, and columns that they lack; other cells stay.

        Args:
            rows: Some of the columns of the training file, as they stand in a file.
            dataset: The same rows, read as the training file was; `None`: `rows` holds numbers,
                dates and labels as `sample` returns them.
            guidance: As for `sample`, of the labels that are known.
            steps: As for `sample`.
            seed: As for `sample`.
            verbose: As for `sample`.

        Raises:
            DataError: There is no such column, or no training row has such a value.
        """
        codec = self._table("fill")
        if dataset is None:
            frame = rows.reset_index(drop=True)
            ids = self._ids({n: frame[n] for n in self.labels if n in frame}, len(frame))
        else:
            frame = training_rows_of(dataset, rows, self.data.get("id_column")).frame
            ids = self._known_of(dataset)
            self._check_sides(rows, ids, dataset)
        own = [name for name in frame.columns if name in (*codec.names, *codec.left)]
        for name in map(str, rows.columns):
            if name not in (*codec.names, *codec.left, *self._unread):
                raise DataError(f"there is no column {name!r}.{did_you_mean(name, codec.names)}")
        x = self._made(
            ids, frame[own], np.random.default_rng(seed), guidance=guidance, steps=steps,
            guidance_interval=None, verbose=verbose,
        )  # fmt: skip
        made = self._labelled(codec.decode(x, filled=True), ids)
        out = rows.reset_index(drop=True).astype(object)
        for name in made.columns:
            column = codec.columns[codec.names.index(name)]
            if name not in out.columns:
                out[name] = made[name]
            elif name in own and column.missing < 1:
                gone = column.read(frame[name])[1]
                out.loc[gone, name] = made.loc[gone, name].astype(object)
        return out

    @property
    def _unread(self) -> tuple[str, ...]:
        """Columns of the training file that are neither learned nor generated."""
        weights = [w.rpartition("=")[2] for w in self.data.get("weights") or ()]
        return (*(self.data.get("drop") or ()), *weights)

    def _table(self, what: str) -> TableCodec:
        if not isinstance(self.codec, TableCodec):
            raise DataError(f"This generator makes pictures; {what} is for rows of a table.")
        return self.codec

    def _ids(self, asked: Mapping[str, Any], n: int) -> np.ndarray:
        """Return the class ids of label columns and side labels, `(n, k)`, -1 unknown."""
        columns = self.spec.label_columns
        asked = {name: asked[name] for name in self.labels if name in asked}
        if n > 1 and not any(map(np.ndim, asked.values())):
            return np.repeat(self._ids(asked, 1), n, axis=0)
        told = {c.name: asked[c.name] for c in columns if c.name in asked}
        labels = ids_of_known(told, n, self.spec)
        beside = {s.name: asked[s.name] for s in self.sides if s.name in asked}
        found = [column.ids(labels) for column in columns]
        return np.stack([*found, *ids_of_sides(beside, n, self.sides)], axis=1).astype(np.int32)

    def _known_of(self, dataset: Dataset) -> np.ndarray:
        sides = dataset.sides.columns()
        absent = np.full(len(dataset), UNKNOWN, np.int32)
        found = [column.ids(dataset.labels) for column in self.spec.label_columns]
        found += [sides.get(spec.name, absent) for spec in self.sides]
        return np.stack(found, axis=1).astype(np.int32)

    def _check_sides(self, rows: pd.DataFrame, ids: np.ndarray, dataset: Dataset) -> None:
        """Refuse side labels of no class: prediction takes them as unknown, here they would go."""
        for spec, own in zip(self.sides, ids.T[len(self.spec.label_columns) :], strict=True):
            cells = rows.get(spec.name, ())
            for row, (cell, found) in enumerate(zip(cells, own, strict=False), 1):
                if found != UNKNOWN or is_missing(cell, MISSING) or str(cell) in UNKNOWN_LABEL:
                    continue
                if dataset.cells.declared(str(cell)) != "unknown":
                    names = listed([spec.name_of(k) for k in range(spec.num_classes)])
                    place = f"Row {row}, column {spec.name!r}"
                    raise DataError(place=place, row=row, column=spec.name, value=cell,
                                    expected=f"one of {names}, or an empty cell")  # fmt: skip

    def _given(self, asked: Mapping[str, Any], n: int) -> pd.DataFrame:
        """Return what is given of columns that are no labels by class, for n rows."""
        columns = self.codec.names if isinstance(self.codec, TableCodec) else ()
        own = [name for name in asked if name in columns and name not in self.spelling]
        return pd.DataFrame(
            {k: pd.Series(asked[k] if np.ndim(asked[k]) else [asked[k]] * n) for k in own},
            index=range(n),
        )

    def _made(
        self, ids: np.ndarray, given: pd.DataFrame, rng: np.random.Generator, **how: Any
    ) -> np.ndarray:
        """Return x for class ids and cells."""
        labels = np.full((len(ids), *self.spec.shape), UNKNOWN, np.int32)
        columns = self.spec.label_columns
        for place, column in enumerate(columns):
            column.put(labels, ids[:, place])
        beside = {s.name: ids[:, len(columns) + k] for k, s in enumerate(self.sides)}
        x = None
        if isinstance(self.codec, TableCodec) and len(given.columns):
            cells = given.drop(columns=[n for n in given.columns if n in self.spelling])
            x = self.codec.given(cells, seed=int(rng.integers(2**31)))
        drawn: np.ndarray = self.model.sample(
            len(ids), known=labels, sides=beside, given=x, seed=int(rng.integers(2**31)), **how
        )
        return drawn

    def _labelled(self, frame: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
        """Return rows with the labels that they were made for."""
        for place, name in enumerate(self.labels):
            if name in self.spelling and name in frame.columns:
                known = ids[:, place] != UNKNOWN
                frame.loc[known, name] = self._words(ids, name)[known]
        return frame

    def _words(self, ids: np.ndarray, name: str) -> np.ndarray:
        """Return how the file writes the class ids of a label or side label."""
        place = self.labels.index(name)
        columns = self.spec.label_columns
        if place < len(columns):
            names = columns[place].names
        else:
            side = self.sides[place - len(columns)]
            names = tuple(side.name_of(k) for k in range(side.num_classes))
        spelt = [self.spelling.get(name, {}).get(word, word) for word in names]
        found: np.ndarray = np.array([*spelt, None], object)[ids[:, place]]
        return found
