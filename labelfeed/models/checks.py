"""Checks of what a caller hands to `LabelFedModel`: the network, targets, class weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.weights import known_cells
from labelfeed.types import Cell, KerasModel, Labels

__all__ = [
    "any_known",
    "check_network",
    "class_weight_table",
    "sure_labels",
]


def check_network(network: KerasModel, spec: LabelSpec) -> None:
    """Raise `ValueError` unless `network` has features, the label's input and a fitting output."""
    inputs, outputs = getattr(network, "inputs", None), getattr(network, "outputs", None)
    if not isinstance(network, keras.Model) or not inputs or not outputs:
        raise ValueError(
            "network must be a functional model, keras.Model([features, label], outputs); wrap a "
            "subclassed network as keras.Model([features, label], network([features, label])). "
            f"Got {type(network).__name__}."
        )
    by_name = {i.name: i for i in inputs}
    if spec.input_name not in by_name:
        raise ValueError(
            f"The network has no input named {spec.input_name!r} (it has {sorted(by_name)}). Make "
            "it with labelfeed.LabelInput(spec) and give it to keras.Model among the inputs."
        )
    shape = tuple(by_name[spec.input_name].shape)
    if not shape or shape[1:] != spec.shape:
        raise ValueError(
            f"The input {spec.input_name!r} has shape {shape[1:]} per row; a {spec.kind} label "
            f"with num_classes={spec.num_classes} needs {spec.shape}. Use "
            "labelfeed.LabelInput(spec)."
        )
    if len(by_name) < 2:
        raise ValueError("The network reads nothing but the label; it needs a feature input too.")
    if len(outputs) != 1:
        raise ValueError(f"The network needs one output, the label's; it has {len(outputs)}.")
    one_unit = spec.kind == "single" and spec.num_classes == 2
    allowed = {spec.num_classes, 1} if one_unit else {spec.num_classes}
    if len(outputs[0].shape) != 2 or outputs[0].shape[1] not in allowed:
        raise ValueError(
            f"The network's output has shape {tuple(outputs[0].shape)}; the {spec.kind} label "
            f"{spec.name!r} needs (None, {spec.num_classes})"
            + (" (or (None, 1) for two classes)." if one_unit else ".")
        )


def any_known(targets: np.ndarray, spec: LabelSpec) -> bool:
    """Tell whether any label of encoded targets (ids, one-hot or soft) is known."""
    return bool(known_cells(targets, spec).any())


def sure_labels(targets: Labels, spec: LabelSpec) -> np.ndarray:
    """Return encoded targets as ids, -1 where one is soft: what may be fed or counted.

    Args:
        targets: Targets, as `encode_targets` returns them.
        spec: The label's spec.
    """
    ids = spec.encode(targets, soft="nearest", cells=spec.id_cells)
    array = np.asarray(targets)
    if array.dtype.kind != "f" or array.ndim != 2 or array.shape[1] != spec.num_classes:
        return ids
    if spec.kind == "single":
        return np.where(array.max(axis=1) >= 1, ids, UNKNOWN).astype(np.int32)
    return np.where((array > 0) & (array < 1), UNKNOWN, ids).astype(np.int32)


def class_weight_table(
    class_weight: Mapping[Any, Any] | None, spec: LabelSpec
) -> np.ndarray | None:
    """Return class weights as float32: `(num_classes,)`, for multi `(num_labels, 2)`.

    Args:
        class_weight: `{class id or name: weight}`; for multi labels `{label id or name: weight}`
            or `{label: {0: weight if absent, 1: weight if present}}`. What is left out weighs 1.
        spec: The label's spec.
    """
    if class_weight is None:
        return None
    if not isinstance(class_weight, Mapping):
        raise ValueError(
            f"class_weight is a dict of class id or name to weight, got {class_weight!r}."
        )
    shape = (spec.num_classes,) if spec.kind == "single" else (spec.num_classes, 2)
    table = np.ones(shape, np.float32)
    for key, weight in class_weight.items():
        index = _index(key, spec)
        if spec.kind == "multi" and isinstance(weight, Mapping):
            for state, value in weight.items():
                if state not in (0, 1):
                    raise ValueError(f"class_weight[{key!r}] has the state {state!r}; use 0 and 1.")
                table[index, int(state)] = _weight(value, key)
        else:
            table[index] = _weight(weight, key)
    return table


def _index(key: object, spec: LabelSpec) -> int:
    index = -1
    if isinstance(key, str):
        index = {spec.name_of(i): i for i in range(spec.num_classes)}.get(key, -1)
    elif isinstance(key, (int, float, np.integer, np.floating)) and float(key).is_integer():
        index = int(key)
    if not 0 <= index < spec.num_classes:
        raise ValueError(
            f"class_weight has the key {key!r}; expected ids 0..{spec.num_classes - 1} or names."
        )
    return index


def _weight(value: Cell, key: object) -> float:
    try:
        weight = float(value)
    except (TypeError, ValueError):
        weight = float("nan")
    if not np.isfinite(weight) or weight < 0:
        raise ValueError(f"class_weight[{key!r}] must be finite and >= 0, got {value!r}.")
    return weight
