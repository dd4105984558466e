"""A fitted plain model as arrays and JSON, and back: for a checkpoint, without a pickle."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingClassifier

from labelfeed.estimators.boosting import BoostedColumn, BoostedLogits
from labelfeed.estimators.evidence import EvidenceReader
from labelfeed.estimators.extra_trees import ForestLogits
from labelfeed.estimators.given import GivenLogits
from labelfeed.estimators.label_mixture import LabelMixture
from labelfeed.estimators.linear import LinearLogits
from labelfeed.estimators.member import CrossFitted
from labelfeed.estimators.nearest import RowMarks
from labelfeed.estimators.neighbour_keys import NeighbourKeys
from labelfeed.estimators.neighbours import NeighbourLogits
from labelfeed.estimators.pairwise import PairwiseReader
from labelfeed.estimators.readers import Readers
from labelfeed.estimators.sklearn_private import (
    forest_arrays,
    forest_of,
    histogram_arrays,
    histogram_of,
)
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import JSON

__all__ = ["from_arrays", "to_arrays"]

_CLASSES = {
    cls.__name__: cls
    for cls in (
        BoostedColumn, BoostedLogits, CrossFitted, EvidenceReader, ForestLogits, GivenLogits,
        LabelMixture, LinearLogits, NeighbourKeys, NeighbourLogits, PairwiseReader, Readers,
        RowMarks,
    )
}  # fmt: skip
_TREES = {
    "forest": (ExtraTreesRegressor, forest_arrays, forest_of),
    "histogram": (HistGradientBoostingClassifier, histogram_arrays, histogram_of),
}


def to_arrays(value: object, spec: LabelSpec) -> tuple[dict[str, np.ndarray], JSON] | None:
    """Return arrays by name, and the rest as JSON; `None` where a part of it is not known here.

    Args:
        value: `CrossFitted` of one of our plain models, readers of known labels, `None`.
        spec: What the labels are; it is not kept.

    Example:
        >>> spec = LabelSpec.multi(1)
        >>> arrays, told = to_arrays(LinearLogits(np.ones((2, 1)), np.zeros(1)), spec)
        >>> from_arrays(arrays, told, spec).logits(np.ones((1, 2))).tolist()
        [[2.0]]
    """
    arrays: dict[str, np.ndarray] = {}
    try:
        return arrays, _packed(value, spec, arrays)
    except _UnknownError:
        return None


def from_arrays(arrays: dict[str, np.ndarray], told: JSON, spec: LabelSpec) -> Any:
    """Return what `to_arrays` was given.

    Args:
        arrays: As it returned them.
        told: The rest.
        spec: As it was given.

    Raises:
        KeyError: They do not belong together.
    """
    if not isinstance(told, dict):
        return told
    (kind, inside), *_ = told.items()
    if kind == "array":
        return arrays[inside]
    if kind == "spec":
        return spec
    if kind == "column":
        return next(c for c in spec.label_columns if list(c.places) == inside)
    if kind in ("list", "tuple"):
        parts = [from_arrays(arrays, one, spec) for one in inside]
        return parts if kind == "list" else tuple(parts)
    fields = {key: from_arrays(arrays, one, spec) for key, one in inside.items()}
    if kind == "dict":
        return fields
    if kind in _TREES:
        return _TREES[kind][2](fields)
    made = object.__new__(_CLASSES[kind])
    for key, one in fields.items():
        object.__setattr__(made, key, one)
    return made


class _UnknownError(Exception):
    """Raised for what is not known here: a classifier of the user's, a network."""


def _packed(value: object, spec: LabelSpec, arrays: dict[str, np.ndarray]) -> JSON:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        arrays[name := f"a{len(arrays)}"] = value
        return {"array": name}
    if isinstance(value, LabelSpec):
        return {"spec": True}
    if isinstance(value, LabelColumn):
        return {"column": list(value.places)}
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_packed(one, spec, arrays) for one in value]}
    for kind, (cls, taken, _) in _TREES.items():
        if type(value) is cls:
            return {kind: _packed(taken(value), spec, arrays)["dict"]}
    if isinstance(value, dict):
        return {"dict": {str(key): _packed(one, spec, arrays) for key, one in value.items()}}
    if type(value) in _CLASSES.values():
        kept = {key: _packed(one, spec, arrays) for key, one in vars(value).items()}
        return {type(value).__name__: kept}
    raise _UnknownError
