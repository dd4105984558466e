"""One face for everything that can be audited: `scores(features, ids)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import keras
import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.margin import MarginModel
from labelfeed.models.wire import with_label

__all__ = ["LabelFormat", "Subject", "make_subject", "row_count", "take_rows"]

LabelFormat = Literal["auto", "ids", "one_hot"]


class Subject:
    """A predictor of features and label, whatever stands behind it.

    Args:
        what: `"two-input model"`, `"LabelFedModel"`, `"MarginModel"` or `"function"`.
        predict: Takes features and label ids (`-1` only if `can_hide`), returns scores.
        can_hide: Whether an unknown label can be fed.
        hide_how: How, in words.
    """

    def __init__(
        self, what: str, predict: Callable[[Any, np.ndarray], Any], can_hide: bool, hide_how: str
    ) -> None:
        """Store the parts."""
        self.what = what
        self._predict = predict
        self.can_hide = can_hide
        self.hide_how = hide_how

    def scores(self, features: Any, ids: np.ndarray) -> np.ndarray:
        """Return raw scores as float64 of shape `(n, classes)`."""
        return _one_output(self._predict(features, ids), len(ids))


def make_subject(
    model: Any,
    spec: LabelSpec,
    label_input: str | int | None,
    label_format: LabelFormat,
    unknown_id: int | None,
    batch_size: int,
) -> Subject:
    """Return the `Subject` of a model; see `labelfeed.audit.audit` for the arguments.

    Raises:
        TypeError: `model` is neither a Keras model nor callable.
        ValueError: The label input cannot be found, or its shape fits no label format.
    """
    if label_format not in ("auto", "ids", "one_hot"):
        raise ValueError(f"label_format must be 'auto', 'ids' or 'one_hot', got {label_format!r}.")
    if isinstance(model, LabelFedModel):

        def fed(features: Any, ids: np.ndarray) -> Any:
            return model.predict(with_label(features, ids), batch_size=batch_size, verbose=0)

        return Subject("LabelFedModel", fed, True, "unknown")
    if isinstance(model, MarginModel):

        def scored(features: Any, ids: np.ndarray) -> Any:
            vectors = model.embedder.predict(features, batch_size=batch_size, verbose=0)
            return model.head.probabilities(model.head(vectors, ids))  # the label goes to the head

        return Subject("MarginModel", scored, True, "unknown")
    if isinstance(model, keras.Model):
        return _two_input(model, spec, label_input, label_format, unknown_id, batch_size)
    if not callable(model):
        raise TypeError(
            "Expected a LabelFedModel, a Keras model of features and label, or a function "
            f"(features, label) -> scores; got {type(model).__name__}."
        )
    encode, hides, how = _encoder(spec, label_format == "one_hot", unknown_id, False)
    return Subject("function", lambda f, ids: model(f, encode(ids)), hides, how)


def _two_input(
    model: Any,
    spec: LabelSpec,
    label_input: str | int | None,
    label_format: LabelFormat,
    unknown_id: int | None,
    batch_size: int,
) -> Subject:
    inputs = list(getattr(model, "inputs", None) or [])
    index = _label_index(inputs, label_input, spec)
    shape = tuple(inputs[index].shape[1:]) if inputs else spec.shape
    one_hot = label_format == "one_hot"
    if inputs and label_format == "auto" and spec.kind == "single":
        if shape not in ((), (1,), (spec.num_classes,), (None,)):
            raise ValueError(
                f"The label input {inputs[index].name!r} has shape {shape}; expected () or (1,) "
                f"for ids or ({spec.num_classes},) for one-hot. Name another one with label_input=."
            )
        one_hot = shape == (spec.num_classes,) and shape != (1,)
    ours = any(type(layer).__module__.startswith("labelfeed.") for layer in model.layers)
    encode, hides, how = _encoder(spec, one_hot, unknown_id, ours)
    names = [tensor.name for tensor in inputs]
    structure = model.input if inputs else None
    keys = list(structure) if isinstance(structure, dict) else []
    places = [_place(model.input[key], inputs) for key in keys]

    def predict(features: Any, ids: np.ndarray) -> Any:
        label = encode(ids)
        if inputs:
            label = label.astype(keras.backend.standardize_dtype(inputs[index].dtype))
            label = label.reshape(-1, *shape) if None not in shape else label[:, None]
        fed: Any = _as_list(features, names[:index] + names[index + 1 :])
        fed.insert(index % (len(fed) + 1), label)
        fed = {k: fed[p] for k, p in zip(keys, places, strict=True)} if keys else fed
        return model.predict(fed, batch_size=batch_size, verbose=0)

    return Subject("two-input model", predict, hides, how)


def _label_index(inputs: list[Any], label_input: str | int | None, spec: LabelSpec) -> int:
    if isinstance(label_input, int):
        return label_input
    names = [tensor.name for tensor in inputs]
    if label_input is not None:
        if label_input not in names:
            raise ValueError(f"There is no input {label_input!r}; the model has {names}.")
        return names.index(label_input)
    if not inputs:
        return -1
    if len(inputs) == 1:
        raise ValueError(
            f"The model has one input {names}: no label can be fed. Nothing leaks through an input "
            "that is not there; audit a function (features, label) -> scores if it hides elsewhere."
        )
    for wanted in (spec.input_name, "label", "labels", "y"):
        if wanted in names:
            return names.index(wanted)
    hinted = [i for i, n in enumerate(names) if n.startswith(("label", "y_", "target"))]
    if len(hinted) == 1:
        return hinted[0]
    if len(inputs) == 2:
        return 1
    raise ValueError(f"Which of the inputs {names} is the label? Pass its name as label_input=.")


def _place(tensor: Any, tensors: list[Any]) -> int:
    return next(i for i, other in enumerate(tensors) if other is tensor)


def _encoder(
    spec: LabelSpec, one_hot: bool, unknown_id: int | None, ours: bool
) -> tuple[Callable[[np.ndarray], np.ndarray], bool, str]:
    """Return the function from ids to what the model takes, whether -1 can go in, and how."""
    if one_hot and spec.kind == "single":
        table = np.vstack([np.eye(spec.num_classes), np.zeros(spec.num_classes)])
        return lambda ids: table[ids].astype("float32"), True, "zeros one-hot"
    if ours and unknown_id is None:
        unknown_id = UNKNOWN
    if unknown_id is None:
        return lambda ids: np.maximum(ids, 0), False, "not available"
    code = unknown_id
    return lambda ids: np.where(ids == UNKNOWN, code, ids), True, "unknown"


def _as_list(features: Any, names: list[str]) -> list[Any]:
    if isinstance(features, dict):
        missing = [name for name in names if name not in features]
        if missing:
            raise ValueError(f"The features lack {missing}; got {sorted(features)}.")
        return [features[name] for name in names] if names else list(features.values())
    return list(features) if isinstance(features, (list, tuple)) else [features]


def _one_output(output: Any, rows: int) -> np.ndarray:
    """Return the scores among a model's outputs as a float64 matrix."""
    if isinstance(output, dict):
        output = list(output.values())
    if isinstance(output, (list, tuple)):
        if len(output) != 1:
            raise ValueError(
                f"The model has {len(output)} outputs; pass a function (features, label) -> scores "
                "that returns the one to audit."
            )
        output = output[0]
    scores = np.asarray(keras.ops.convert_to_numpy(output), np.float64)
    scores = scores[:, None] if scores.ndim == 1 else scores
    if scores.ndim != 2 or len(scores) != rows:
        raise ValueError(f"Expected scores of shape ({rows}, classes), got {scores.shape}.")
    return scores


def row_count(features: Any) -> int:
    """Return the number of rows of an array, a table, or a list or dict of arrays."""
    if isinstance(features, dict):
        features = next(iter(features.values()))
    elif isinstance(features, (list, tuple)):
        features = features[0]
    return int(features.shape[0])


def take_rows(features: Any, rows: np.ndarray) -> Any:
    """Return the given rows of an array, a table, or a list or dict of arrays, as NumPy."""
    if isinstance(features, dict):
        return {key: take_rows(value, rows) for key, value in features.items()}
    if isinstance(features, (list, tuple)):
        return [take_rows(value, rows) for value in features]
    if hasattr(features, "to_numpy"):
        return features.to_numpy()[rows]
    if not isinstance(features, np.ndarray):
        features = keras.ops.convert_to_numpy(features)
    return features[rows]
