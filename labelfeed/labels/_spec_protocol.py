"""What this room reads of a `LabelSpec` below the class itself, written once."""

from __future__ import annotations

from typing import Protocol

from labelfeed.labels.number import NumberRanges


class Named(Protocol):
    """Classes or yes/no labels with names: a label spec, or one column of it."""

    @property
    def num_classes(self) -> int:
        """Number of classes, or of yes/no labels."""

    @property
    def names(self) -> tuple[str, ...] | None:
        """Their names, if they have some."""

    @property
    def name(self) -> str:
        """What the label is called."""

    def name_of(self, index: int) -> str:
        """Return the name of a class or label."""


class Spec(Named, Protocol):
    """The fields of a label spec."""

    @property
    def kind(self) -> str:
        """Single or multi."""

    @property
    def class_columns(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Columns of classes of a multi label: name and classes."""

    @property
    def words(self) -> tuple[tuple[str, str, str], ...]:
        """Words of yes/no columns: name, absent, present."""

    @property
    def ordered(self) -> tuple[str, ...]:
        """Columns whose classes stand in an order."""

    @property
    def edges(self) -> tuple[float, ...]:
        """Cut points of a label that is ranges of numbers."""

    @property
    def numbers(self) -> tuple[NumberRanges, ...]:
        """Columns that are numbers in ranges."""
