"""`as_predictor`: one face for a model of this library, a Keras model, a function, an estimator."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.checked import CheckedModel
from labelfeed.models.keras_private import all_layers
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.label_feeding import LabelFormat, UnknownId, feeding, label_place
from labelfeed.models.margin import MarginModel
from labelfeed.models.own_predictors import (
    ClassifierPredictor,
    LabelFedPredictor,
    MarginPredictor,
    SideLabelPredictor,
)
from labelfeed.models.side_label import SideLabelModel
from labelfeed.models.user_predictors import EstimatorPredictor, FunctionPredictor, KerasPredictor
from labelfeed.predictors.predictor import Predictor
from labelfeed.predictors.responses import PredictorError
from labelfeed.types import AnyModel, KerasModel

__all__ = ["as_predictor", "own_spec"]


def as_predictor(
    model: AnyModel,
    spec: LabelSpec | None = None,
    *,
    reads_label: bool | None = None,
    label_input: str | int | None = None,
    label_format: LabelFormat = "auto",
    unknown_id: UnknownId = "auto",
    batch_size: int | None = None,
    output: str | int | None = None,
) -> Predictor:
    """Return the `Predictor` of a model, ours or the user's.

    Args:
        model: A `LabelFedModel`, `TwoPhaseModel`, `SideLabelModel`, `MarginModel` or fitted
            `LabelFedClassifier`; any Keras model of features, or of features and label; a fitted
            scikit-learn estimator with `predict_proba`; a function `x -> scores` or
            `(x, label) -> scores`; a `Predictor`, or what offers one as `predictor`, such as a
            `Run`.
        spec: The label that is predicted. Models of this library and predictors have their own, an
            estimator of a single label its classes.
        reads_label: Whether a Keras model or a function takes the label beside the features. By
            default a model does that has an input named as the spec, `label`, `labels` or `y`, and
            a function with two arguments.
        label_input: Name or position of the label among a Keras model's inputs.
        label_format: `"ids"`, `"one_hot"`, or `"auto"` to tell by the input's shape.
        unknown_id: What a Keras model or function takes for an unknown label. By default -1 for a
            function and for layers of labelfeed, a row of zeros for one-hot; other models cannot be
            told. `None` is the same, but no function is trusted to know -1.
        batch_size: Rows per step; 256, or what a given predictor has.
        output: Name or position of the output that predicts the label, of a Keras model or a
            function with several; by default the one called like the spec.

    Returns:
        The predictor.

    Raises:
        TypeError: `model` is none of these.
        ValueError: The spec is missing or is not the model's own, the label input cannot be found,
            or an estimator has no `predict_proba`.

    Example:
        >>> from sklearn.linear_model import LogisticRegression
        >>> x, y = np.array([[0.0], [1.0]] * 9), np.array(["well", "ill"] * 9)
        >>> predictor = as_predictor(LogisticRegression().fit(x, y))
        >>> predictor.spec.names, predictor.probabilities(x).shape
        (('ill', 'well'), (18, 2))
    """
    if isinstance(offered := getattr(model, "predictor", None), Predictor):
        model = offered
    if isinstance(model, (Predictor, CheckedModel)):
        predictor = model if isinstance(model, Predictor) else _own(model)
        _same(predictor, spec)
        return predictor.batched(batch_size)
    if inspect.isclass(model):
        raise TypeError(f"Expected a model, got the class {model.__name__}: pass an instance.")
    estimator = not isinstance(model, keras.Model)
    if isinstance(model, LabelFedClassifier):
        predictor = ClassifierPredictor(model)
        _same(predictor, spec)
        return predictor.batched(batch_size)
    if estimator and hasattr(model, "predict_proba"):
        spec = _spec_of_classes(model) if spec is None else spec
        return EstimatorPredictor(model, spec).batched(batch_size)
    if estimator and hasattr(model, "predict") and hasattr(model, "fit"):
        raise PredictorError(
            f"{type(model).__name__} has no predict_proba, so it gives no probabilities. Take an "
            "estimator that has, or put it into sklearn.calibration.CalibratedClassifierCV."
        )
    if not isinstance(model, keras.Model) and not callable(model):
        raise TypeError(
            "Expected a model of labelfeed, a Keras model, a fitted estimator with predict_proba, "
            f"or a function (features, label) -> scores; got {type(model).__name__}."
        )
    if spec is None:
        raise PredictorError(
            f"What does this {type(model).__name__} predict? Pass spec=, for example "
            'LabelSpec.single(["cat", "dog"]).'
        )
    if isinstance(model, keras.Model):
        predictor = _keras(model, spec, reads_label, label_input, label_format, unknown_id, output)
    else:
        reads = _reads_label(model) if reads_label is None else reads_label
        code = UNKNOWN if unknown_id == "auto" else unknown_id
        fed = feeding(spec, label_format, code) if reads else None
        predictor = FunctionPredictor(model, spec, fed, output)
    return predictor.batched(batch_size)


def own_spec(model: AnyModel) -> LabelSpec | None:
    """Return the label spec that a model of this library or a predictor brings; `None` if none.

    Args:
        model: Anything that `as_predictor` takes.
    """
    offered = getattr(model, "predictor", None)
    if isinstance(offered, Predictor):
        return offered.spec
    if isinstance(model, Predictor):
        return model.spec
    if isinstance(model, LabelFedClassifier):
        return getattr(model, "spec_", model.spec)
    return model.label if isinstance(model, CheckedModel) else None


def _own(model: CheckedModel) -> Predictor:
    if isinstance(model, SideLabelModel):
        return SideLabelPredictor(model)
    if isinstance(model, LabelFedModel):
        return LabelFedPredictor(model)
    if isinstance(model, MarginModel):
        return MarginPredictor(model)
    raise TypeError(f"Expected a model of labelfeed that predicts, got {type(model).__name__}.")


def _same(predictor: Predictor, spec: LabelSpec | None) -> None:
    own = predictor.spec
    if spec is None or (spec.kind, spec.num_classes) == (own.kind, own.num_classes):
        return
    raise PredictorError(
        f"The spec is {spec.kind} with {spec.num_classes} classes, the {predictor.what} predicts "
        f"{own.name!r}, {own.kind} with {own.num_classes}. Leave spec= out: it has its own."
    )


def _keras(
    model: KerasModel,
    spec: LabelSpec,
    reads_label: bool | None,
    label_input: str | int | None,
    label_format: LabelFormat,
    unknown_id: UnknownId,
    output: str | int | None,
) -> Predictor:
    if reads_label is False:
        return KerasPredictor(model, spec, output=output)
    inputs = list(getattr(model, "inputs", None) or [])
    place = label_place(inputs, label_input, spec, insist=bool(reads_label))
    if place is None:
        return KerasPredictor(model, spec, output=output)
    if unknown_id is None or unknown_id == "auto":
        ours = any(type(layer).__module__.startswith("labelfeed.") for layer in all_layers(model))
        unknown_id = UNKNOWN if ours else None
    shape = tuple(inputs[place].shape[1:]) if inputs else None
    fed = feeding(spec, label_format, unknown_id, shape)
    return KerasPredictor(model, spec, place, fed, output)


def _reads_label(function: Callable[..., Any]) -> bool:
    """Tell whether a function takes a second argument without a default, or one called known."""
    try:
        arguments = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return False
    given = [a for a in arguments if a.kind in (a.POSITIONAL_ONLY, a.POSITIONAL_OR_KEYWORD)]
    if any(a.kind == a.VAR_POSITIONAL for a in arguments) and len(given) < 2:
        raise PredictorError(
            "Does this function read the label? Its arguments do not tell: pass reads_label=True "
            "or False."
        )
    return len(given) > 1 and (given[1].default is given[1].empty or given[1].name == "known")


def _spec_of_classes(estimator: AnyModel) -> LabelSpec:
    classes = getattr(estimator, "classes_", None)
    if classes is None or isinstance(classes, (list, tuple)) or np.ndim(classes) != 1:
        raise PredictorError(
            f"{type(estimator).__name__} does not tell its classes: fit it first, or pass spec= "
            "(for several labels LabelSpec.multi or LabelSpec.columns)."
        )
    return LabelSpec.single([str(value) for value in np.asarray(classes).tolist()])
