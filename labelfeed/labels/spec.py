"""What a label may be: the label spec, the unknown label, and encoding with clear errors."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Unpack

import numpy as np

from labelfeed.labels._spec_checks import (
    check_class_columns,
    check_names,
    check_ordered,
    count_and_names,
)
from labelfeed.labels._spec_config import spec_arguments, spec_config
from labelfeed.labels._spec_parts import check_numbers, joined_columns, split_columns
from labelfeed.labels.cell_rules import CellOptions, CellRules, plain_word
from labelfeed.labels.columns import LabelColumn, encode_columns
from labelfeed.labels.encoding import NO_RULES, UNKNOWN, encode_multi, encode_single, wire_ids
from labelfeed.labels.number import RANGES, NumberRanges
from labelfeed.labels.ranges import check_edges, range_names, range_values
from labelfeed.types import ArrayLike, Labels

__all__ = ["LabelSpec"]


@dataclasses.dataclass(frozen=True)
class LabelSpec:
    """Names and number of the classes of a label, and whether it is `single` or `multi`.

    A `single` label is one of `num_classes` classes; on the wire it is an int32 id of shape
    `(batch,)`. A `multi` label is `num_classes` yes/no labels, each known or not; on the wire it
    is an int32 array of shape `(batch, num_classes)` with 0 (absent), 1 (present). In both,
    `-1` means unknown. Columns of classes among the yes/no labels (`LabelSpec.columns`) are
    written as one yes/no label for each class, of which one is present.

    Args:
        kind: `"single"` or `"multi"`.
        num_classes: Number of classes (single, at least 2) or of yes/no labels (multi, at least 1).
        names: Distinct names in id order, or `None` for `"0"`, `"1"`, ...
        name: Name of the label itself, as in a column header; also the name of its input.
        class_columns: Multi only: name and class names of each column of classes. Its yes/no labels
            stand one after the other in `names`, as `column=class`.
        words: Label, word for absent and word for present, as a file has them, for output; no
            part of what makes two specs equal.
        ordered: Names of the columns (single: the label itself) whose classes stand in an order,
            lowest first. They are also scored by how far off a prediction is.
        edges: Single only: cut points of a number whose ranges are the classes; see `ranges`.
        numbers: Columns that are numbers in ranges, with mean and spread of each; see `number`.

    Example:
        >>> spec = LabelSpec.single(["benign", "malignant"], name="diagnosis")
        >>> spec.encode(["malignant", None, "benign"])
        array([ 1, -1,  0], dtype=int32)
    """

    kind: Literal["single", "multi"]
    num_classes: int
    names: tuple[str, ...] | None = None
    name: str = "label"
    class_columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    words: tuple[tuple[str, str, str], ...] = dataclasses.field(default=(), compare=False)
    ordered: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    numbers: tuple[NumberRanges, ...] = ()

    def __post_init__(self) -> None:
        """Check that kind, number and names fit together."""
        if self.kind not in ("single", "multi"):
            raise ValueError(f"kind must be 'single' or 'multi', got {self.kind!r}.")
        least = 2 if self.kind == "single" else 1
        number = isinstance(self.num_classes, (int, np.integer))
        if not number or isinstance(self.num_classes, bool) or self.num_classes < least:
            raise ValueError(
                f"A {self.kind} label needs num_classes >= {least}, got {self.num_classes!r}."
            )
        if not self.name or not isinstance(self.name, str):
            raise ValueError(f"name must be a non-empty string, got {self.name!r}.")
        object.__setattr__(self, "num_classes", int(self.num_classes))
        object.__setattr__(self, "name", str(self.name))
        if self.names is not None:
            object.__setattr__(self, "names", check_names(self.names, self.num_classes))
            heads = tuple((head, tuple(classes)) for head, classes in self.class_columns)
            object.__setattr__(self, "class_columns", heads)
            object.__setattr__(self, "words", tuple(tuple(entry) for entry in self.words))
            if heads:
                check_class_columns(self)
        single = (self.name,) if self.ordered else ()  # a label may be given another name
        ordered = single if self.kind == "single" else check_ordered(self, self.ordered)
        object.__setattr__(self, "ordered", ordered)
        if self.edges:
            object.__setattr__(self, "edges", check_edges(self.edges))
            if self.kind != "single" or self.num_classes != len(self.edges) + 1:
                raise ValueError(f"edges {self.edges} make another label. Use LabelSpec.ranges.")
        if self.numbers and self.kind == "single":
            own = dataclasses.replace(self.numbers[0], name=self.name)
            object.__setattr__(self, "numbers", (own,))
        object.__setattr__(self, "numbers", check_numbers(self))

    @classmethod
    def single(
        cls, classes: int | Sequence[str], name: str = "label", *, ordered: bool = False
    ) -> LabelSpec:
        """Return the spec of one label out of `classes` (their number, or their names).

        With `ordered` the classes stand in an order, lowest first: none, mild, severe.
        """
        return cls("single", *count_and_names(classes), name, ordered=(name,) if ordered else ())

    @classmethod
    def ranges(cls, edges: Sequence[float], name: str = "label") -> LabelSpec:
        """Return the spec of a number, such as age, by its range: ordered classes.

        Args:
            edges: Cut points, finite and rising; each belongs to the range above it. What lies
                beyond the ends is in the first or last range.
            name: Name of the label.

        Example:
            >>> age = LabelSpec.ranges([40, 65], name="age")
            >>> age.encode([12, 40, None, 64.9, 101]).tolist(), age.names
            ([0, 1, -1, 1, 2], ('<40', '40 to <65', '>=65'))
        """
        names = range_names(check_edges(edges))
        return cls("single", len(names), names, name, ordered=(name,), edges=tuple(edges))

    @classmethod
    def number(
        cls, values: ArrayLike, name: str = "label", *, ranges: int | Sequence[float] = RANGES
    ) -> LabelSpec:
        """Return the spec of a number, such as age, that is predicted with mean and spread.

        It is learned as ordered ranges; a distribution over them gives `label_columns[0].number
        .mean_and_spread(p)`.

        Args:
            values: Numbers of the training rows `(n,)`, NaN where unknown.
            name: Name of the label.
            ranges: How many ranges, with about as many rows each; or cut points, as for `ranges`.

        Example:
            >>> age = LabelSpec.number([20, 30, 40, 50, 60, 70], name="age", ranges=3)
            >>> LabelSpec.columns([age, "fever"]).encode([{"age": 63, "fever": 1}]).tolist()
            [[0, 0, 1, 1]]
        """
        own = NumberRanges.of(values, name, ranges)
        return dataclasses.replace(cls.ranges(own.edges, name), numbers=(own,))

    @classmethod
    def multi(cls, labels: int | Sequence[str], name: str = "label") -> LabelSpec:
        """Return the spec of yes/no labels (their number, or their names)."""
        return cls("multi", *count_and_names(labels), name)

    @classmethod
    def columns(cls, columns: Iterable[str | LabelSpec], name: str = "label") -> LabelSpec:
        """Return the spec of several columns of one row, each known or not.

        Args:
            columns: For each column a name (yes/no), or a `LabelSpec.single`, `ranges` or `number`
                (one of its classes or ranges).
            name: Name of the whole.

        Example:
            >>> colour = LabelSpec.single(["red", "green", "blue"], name="colour")
            >>> spec = LabelSpec.columns([colour, "fever"])
            >>> spec.encode([{"colour": "green"}, {"fever": "yes"}]).tolist()
            [[0, 1, 0, -1], [-1, -1, -1, 1]]
        """
        return cls("multi", name=name, **joined_columns(columns))

    @functools.cached_property
    def label_columns(self) -> tuple[LabelColumn, ...]:
        """The columns of a multi label as its user sees them; a single label is one column."""
        return split_columns(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one row's label: `()` for single, `(num_classes,)` for multi."""
        return () if self.kind == "single" else (self.num_classes,)

    @property
    def num_entries(self) -> int:
        """Numbers in one row's label: 1 for single, `num_classes` for multi."""
        return math.prod(self.shape)

    @property
    def entry_states(self) -> int:
        """Known states of each of those numbers: `num_classes` for single, 2 for multi."""
        return 2 if self.shape else self.num_classes

    @property
    def activation(self) -> Literal["softmax", "sigmoid"]:
        """What makes probabilities of logits: softmax over the classes, or sigmoid of each label.

        Columns of classes beside other columns need `layers.ColumnProbabilities`, which does both.
        """
        return "sigmoid" if self.shape else "softmax"

    @property
    def input_name(self) -> str:
        """Name of the label's network input: `name`, without the slash that Keras refuses."""
        return self.name.replace("/", "_")

    def name_of(self, index: int) -> str:
        """Return the name of class (or label) `index`."""
        return str(index) if self.names is None else self.names[index]

    def get_config(self) -> dict[str, Any]:
        """Return a JSON-serialisable description; `from_config` is its inverse."""
        return spec_config(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any] | LabelSpec) -> LabelSpec:
        """Return the spec that `get_config` described (a spec is passed through)."""
        if isinstance(config, LabelSpec):
            return config
        return cls(**spec_arguments(config))

    def encode(
        self,
        values: Labels,
        *,
        soft: Literal["error", "nearest"] = "error",
        first_row: int = 0,
        cells: CellRules | None = None,
        **declared: Unpack[CellOptions],
    ) -> np.ndarray:
        """Return labels as int32 ids, -1 where unknown.

        Unknown are the empty cell, NaN, None, what is masked, words such as `?` and `NA` if no
        class is called so, and -1 in an array of ids. -1 that may mean something else raises until
        `missing=-1` or the like says what it is; see the table in docs/data.md.

        Args:
            values: For a single label: ids, names, one-hot rows `(n, num_classes)`, or dicts
                `{spec.name: value}`. For multi labels: an array `(n, num_classes)` of 0/1/yes/no,
                dicts `{label name: value}` (a missing key is unknown), lists of the names that
                are present (`[]`: every label no; None: unknown), or a table with the label names
                as columns (a missing column is unknown); with `separator="|"` cells such as
                `"mass|edema"`. A column of classes takes class names or ids, also in an array with
                an entry for each column. Numbers are ids, strings are names. Where classes are
                called by numbers, numbers other than int32 are names if only that fits, and
                refused if both fit.
            soft: What to do with soft rows (class probabilities): `"error"`, or `"nearest"` to
                take the most probable class (multi: 1 where >= 0.5).
            first_row: Number of the first row, for the messages of a streamed batch.
            cells: What cells mean that are no plain values.
            **declared: The same as keywords, such as `missing="NA"`; see `CellRules`.

        Returns:
            int32 array of shape `(n,)` for single and `(n, num_classes)` for multi; float32, NaN
            where unknown, if `uncertain` makes soft targets.

        Raises:
            LabelError: A label does not fit; the message names row, column, value and what fits.
            ValueError: What is declared contradicts itself or does not suit the label.
        """
        if soft not in ("error", "nearest"):
            raise ValueError(f"soft must be 'error' or 'nearest', got {soft!r}.")
        if self.edges and self.names:
            values = range_values(values, self.edges, self.names, self.name, first_row)
        rules = (cells or NO_RULES).plus(CellRules(**declared)) if declared else cells or NO_RULES
        if self.kind == "single":
            return encode_single(self, values, soft, first_row, rules)
        encode = encode_columns if self.class_columns else encode_multi
        out = encode(self, values, soft, first_row, rules)
        return out if out.dtype == np.int32 else np.where(out == UNKNOWN, np.float32("nan"), out)

    @functools.cached_property
    def id_cells(self) -> CellRules:
        """The rules of what is known to be ids: -1 is unknown, unless a class is called so."""
        names = {plain_word(name) for column in self.label_columns for name in column.names}
        return NO_RULES if "-1" in names else CellRules(missing=-1)

    def decode(self, ids: Labels) -> np.ndarray:
        """Return names for the ids of a single label (`None` where unknown), as an object array.

        For multi labels the result holds 1, 0 or `None` in the shape of `ids`; with columns of
        classes, an entry for each column: class name, 1, 0 or `None`.
        """
        ids = ids if self.shape else wire_ids(ids, self.name)
        known = self.encode(ids, cells=self.id_cells)
        table = np.full((len(known), len(self.label_columns)), None, dtype=object)
        for place, column in enumerate(self.label_columns):
            for row, value in enumerate(column.ids(known).tolist()):
                if value != UNKNOWN:
                    table[row, place] = column.name_of(value) if column.of_classes else value
        return table if self.shape else table[:, 0]
