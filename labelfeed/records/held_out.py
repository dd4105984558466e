"""What a run predicted for its held-out rows, kept for pages that need neither Keras nor data."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.information import InformationCurve
from labelfeed.records.record import check_model

__all__ = ["HELD_OUT", "HeldOut"]

HELD_OUT = "held_out.npz"
_ARRAYS = ("labels", "blind", "rows", "sided", "shown", "told", "groups", "weights", "vectors")


class _UnfitError(ValueError):
    """What was read is not of this run."""


@dataclasses.dataclass(frozen=True, eq=False)
class HeldOut:
    """Labels of held-out rows, and the probabilities that a run gave to them.

    Args:
        labels: Labels `(n,)` or `(n, num_labels)` as the spec encodes them, -1 unknown.
        blind: Probabilities `(n, num_classes)` with no label and no side label known.
        rows: Positions `(n,)` of the rows in the training file; `None` of another file.
        sided: The same with the side labels as in the data; `None` where there are none.
        shown: Labels `(n, num_labels)` that were shown in one draw, -1 where not; or `None`.
        told: Probabilities with those known; `None` likewise.
        groups: `(n,)`, a number for each group of rows that belong together; or `None`.
        weights: Weights of the rows `(n,)` or labels; or `None`.
        vectors: Learned vectors of labels `(count, width)`; or `None`.
        vector_names: Their names.
        curves: Information curves by name, as `audit.run_curves` returns them.
    """

    labels: np.ndarray
    blind: np.ndarray
    rows: np.ndarray | None = None
    sided: np.ndarray | None = None
    shown: np.ndarray | None = None
    told: np.ndarray | None = None
    groups: np.ndarray | None = None
    weights: np.ndarray | None = None
    vectors: np.ndarray | None = None
    vector_names: tuple[str, ...] = ()
    curves: Mapping[str, InformationCurve] = dataclasses.field(default_factory=dict)

    @property
    def used(self) -> np.ndarray:
        """The probabilities as the run is used: with its side labels where it has some."""
        return self.blind if self.sided is None else self.sided

    @property
    def hidden(self) -> np.ndarray:
        """The labels that were not shown in the draw of `told`, -1 elsewhere."""
        return (
            self.labels
            if self.shown is None
            else np.where(self.shown == UNKNOWN, self.labels, UNKNOWN)
        )

    def save(self, path: str | Path) -> None:
        """Write an `.npz` file without anything pickled."""
        arrays = {n: getattr(self, n) for n in _ARRAYS if getattr(self, n) is not None}
        for name in ("blind", "sided", "told", "vectors"):
            if name in arrays:
                arrays[name] = arrays[name].astype(np.float32)
        curves = {name: curve.to_json() for name, curve in self.curves.items()}
        words = {"vector_names": list(self.vector_names), "curves": curves}
        with open(path, "wb") as file:
            np.savez_compressed(file, words=np.array(json.dumps(words)), **arrays)

    @classmethod
    def load(cls, path: str | Path, spec: LabelSpec) -> HeldOut:
        """Return what `save` wrote.

        Args:
            path: The file.
            spec: What the labels are.

        Raises:
            ValueError: The file is broken, or of other labels.
        """
        check_model(Path(path))
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in _ARRAYS if name in file}
                words = json.loads(str(file["words"]))
            curves = {
                str(name): InformationCurve.from_json(kept)
                for name, kept in words["curves"].items()
            }
            found = cls(**arrays, vector_names=tuple(map(str, words["vector_names"])),
                        curves=curves)  # fmt: skip
            found._check(spec)
        except (OSError, KeyError, TypeError, ValueError, AttributeError, EOFError,
                zipfile.BadZipFile) as error:  # fmt: skip
            why = error if isinstance(error, _UnfitError) else "it cannot be read whole"
            raise ValueError(f"{path} is broken, or of another run: {why}") from error
        return found

    def _check(self, spec: LabelSpec) -> None:
        n = len(self.labels)
        wanted = {
            "labels": (n, *spec.shape), "blind": (n, spec.num_classes), "rows": (n,),
            "sided": (n, spec.num_classes), "shown": (n, *spec.shape),
            "told": (n, spec.num_classes), "groups": (n,),
        }  # fmt: skip
        for name, shape in wanted.items():
            value = getattr(self, name)
            if value is None:
                continue
            if value.shape != shape:
                raise _UnfitError(f"{name} has the shape {value.shape}, expected {shape}")
            if value.dtype.kind not in "fiu" or not np.isfinite(value).all():
                raise _UnfitError(f"{name} must be numbers")
        if self.weights is not None and len(self.weights) != n:
            raise _UnfitError(f"weights are {len(self.weights)}, expected {n}")
        if len(self.vector_names) != (0 if self.vectors is None else len(self.vectors)):
            raise _UnfitError("the vectors of labels and their names differ in number")
