"""How a label goes into a Keras model or function that this library did not make."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Literal

import keras
import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.responses import PredictorError
from labelfeed.types import Features, KerasModel, Shape, Tensor

__all__ = ["LabelFeeding", "LabelFormat", "feeding", "inputs_with_label", "label_place"]

LabelFormat = Literal["auto", "ids", "one_hot"]
UnknownId = int | Literal["auto"] | None


@dataclasses.dataclass(frozen=True)
class LabelFeeding:
    """What a label turns into before it is fed.

    Args:
        encode: Takes label ids, returns what the model takes.
        takes_unknown: Whether -1 may be among the ids.
        unknown_how: How it is fed, in words.
    """

    encode: Callable[[np.ndarray], np.ndarray]
    takes_unknown: bool
    unknown_how: str


def feeding(
    spec: LabelSpec, label_format: LabelFormat, unknown_id: int | None, shape: Shape | None = None
) -> LabelFeeding:
    """Return how the ids of a label are fed.

    Args:
        spec: The label that is fed.
        label_format: `"ids"`, `"one_hot"`, or `"auto"` to tell by `shape` (ids without one).
        unknown_id: What stands for an unknown label; `None` if nothing does. One-hot rows of
            zeros do in any case.
        shape: Shape of one row of the label input, if there is one.

    Raises:
        ValueError: There is no such format, or the shape fits none.
    """
    if label_format not in ("auto", "ids", "one_hot"):
        raise ValueError(f"label_format must be 'auto', 'ids' or 'one_hot', got {label_format!r}.")
    one_hot = label_format == "one_hot"
    if label_format == "auto" and spec.kind == "single" and shape is not None:
        if shape not in ((), (1,), (spec.num_classes,), (None,)):
            raise PredictorError(
                f"The label input has shape {shape}; expected () or (1,) for ids or "
                f"({spec.num_classes},) for one-hot. Name another one with label_input=."
            )
        one_hot = shape == (spec.num_classes,) and shape != (1,)
    if one_hot and spec.kind == "single":
        table = np.vstack([np.eye(spec.num_classes), np.zeros(spec.num_classes)])
        return LabelFeeding(lambda ids: table[ids].astype("float32"), True, "zeros one-hot")
    if unknown_id is None:
        return LabelFeeding(lambda ids: np.maximum(ids, 0), False, "not available")
    code = unknown_id
    return LabelFeeding(lambda ids: np.where(ids == UNKNOWN, code, ids), True, "unknown")


def label_place(
    inputs: list[Tensor], label_input: str | int | None, spec: LabelSpec, insist: bool
) -> int | None:
    """Return which input of a Keras model is the label; `None` if none is and none has to be.

    Args:
        inputs: Symbolic inputs; empty for a subclassed model.
        label_input: Its name or position, if the caller knows it.
        spec: The label: an input of its name, or called `label`, `labels` or `y`, is it.
        insist: Whether there must be one: then the second of two is taken.

    Raises:
        ValueError: The label input cannot be found.
    """
    if isinstance(label_input, int):
        return label_input
    names = [tensor.name for tensor in inputs]
    if label_input is not None:
        if label_input not in names:
            raise PredictorError(f"There is no input {label_input!r}; the model has {names}.")
        return names.index(label_input)
    if not inputs:
        return -1 if insist else None
    if len(inputs) == 1:
        if not insist:
            return None
        raise PredictorError(
            f"The model has one input {names}: no label can be fed. Nothing leaks through an input "
            "that is not there; audit a function (features, label) -> scores if it hides elsewhere."
        )
    for wanted in (spec.input_name, "label", "labels", "y"):
        if wanted in names:
            return names.index(wanted)
    hinted = [i for i, n in enumerate(names) if n.startswith(("label", "y_", "target"))]
    if len(hinted) == 1:
        return hinted[0]
    if not insist:
        return None
    if len(inputs) == 2:
        return 1
    raise PredictorError(
        f"Which of the inputs {names} is the label? Pass its name as label_input=."
    )


def inputs_with_label(model: KerasModel, place: int, spec: LabelSpec) -> Callable[[Any, Any], Any]:
    """Return the function that puts an encoded label among the features of a Keras model.

    Args:
        model: Keras model; its inputs may be a list or a dict, or unknown.
        place: Which of its inputs is the label.
        spec: The label.
    """
    inputs = list(getattr(model, "inputs", None) or [])
    shape = tuple(inputs[place].shape[1:]) if inputs else spec.shape
    names = [tensor.name for tensor in inputs]
    structure = model.input if inputs else None
    keys = list(structure) if isinstance(structure, dict) else []
    places = [_index_of(model.input[key], inputs) for key in keys]

    def put(features: Features, label: np.ndarray) -> Features:
        if inputs:
            label = label.astype(keras.backend.standardize_dtype(inputs[place].dtype))
            if None not in shape:
                label = label.reshape(-1, *shape)
            elif label.ndim <= len(shape):
                label = label[:, None]
        fed: Any = _as_list(features, names[:place] + names[place + 1 :])
        fed.insert(place % (len(fed) + 1), label)
        return {k: fed[p] for k, p in zip(keys, places, strict=True)} if keys else fed

    return put


def _index_of(tensor: Tensor, tensors: list[Tensor]) -> int:
    return next(i for i, other in enumerate(tensors) if other is tensor)


def _as_list(features: Features, names: list[str]) -> list[Tensor]:
    if isinstance(features, dict):
        missing = [name for name in names if name not in features]
        if missing:
            raise PredictorError(f"The features lack {missing}; got {sorted(features)}.")
        return [features[name] for name in names] if names else list(features.values())
    return list(features) if isinstance(features, (list, tuple)) else [features]
