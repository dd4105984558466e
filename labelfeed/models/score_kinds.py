"""What a Keras loss or metric is defined on: single labels, a column of them, or a whole row.

Labels of a multi label are hidden one by one, so each needs a weight of its own. A loss or metric
that takes the mean over the last axis would mix them: it gets `(n, L, 1)` (or all labels below one
another), and so one value for each label. One that has a value for each column gets `(n, L)` with
weights of that shape. One that compares whole rows is right only where the whole row is scored.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import keras

from labelfeed.types import Identifier

__all__ = [
    "COLUMN",
    "CUSTOM",
    "ELEMENT",
    "F_SCORE",
    "ONE_COLUMN",
    "ROW",
    "keras_name",
    "kind_of_loss",
    "kind_of_metric",
    "needs_hard",
]

ELEMENT = "element"  # a value for each label: any binary loss or metric
COLUMN = "column"  # a value for each column; takes weights (n, L)
ONE_COLUMN = "one column"  # reads column `class_id`; takes its weights (n,)
F_SCORE = "f-score"  # a value for each column, but Keras weighs it by rows only
ROW = "row"  # compares whole rows
CUSTOM = "custom"  # a function of the user's: (n, L) in, (n, L) out

_CLASSES = "for one class of several, make the label LabelSpec.single"
_WHOLE = "it is defined on whole rows, while multi labels are hidden one by one"
_SUMS = "it adds up over all labels, shown ones too"
_BINARY = "Use 'binary_crossentropy' or 'binary_focal_crossentropy'"

# Losses: the class, and its function in snake case. A text says why it is refused.
_LOSSES: dict[str, str] = {
    "BinaryCrossentropy": ELEMENT,
    "BinaryFocalCrossentropy": ELEMENT,
    "Hinge": ELEMENT,
    "Huber": ELEMENT,
    "LogCosh": ELEMENT,
    "MeanAbsoluteError": ELEMENT,
    "MeanAbsolutePercentageError": ELEMENT,
    "MeanSquaredError": ELEMENT,
    "MeanSquaredLogarithmicError": ELEMENT,
    "Poisson": ELEMENT,
    "SquaredHinge": ELEMENT,
    "CTC": "it is defined on sequences",
    "CategoricalCrossentropy": _WHOLE,
    "CategoricalFocalCrossentropy": _WHOLE,
    "CategoricalGeneralizedCrossEntropy": _WHOLE,
    "CategoricalHinge": _WHOLE,
    "Circle": "it is defined on pairs of rows",
    "CosineSimilarity": _WHOLE,
    "Dice": _SUMS,
    "KLDivergence": _WHOLE,
    "SparseCategoricalCrossentropy": _WHOLE,
    "Tversky": _SUMS,
}

_METRICS: dict[str, str] = {
    "AUC": ELEMENT,  # COLUMN with multi_label=True
    "Accuracy": ELEMENT,
    "BinaryAccuracy": ELEMENT,
    "BinaryCrossentropy": ELEMENT,
    "BinaryIoU": ELEMENT,
    "FalseNegatives": ELEMENT,
    "FalsePositives": ELEMENT,
    "Hinge": ELEMENT,
    "IoU": ELEMENT,
    "LogCoshError": ELEMENT,
    "MeanAbsoluteError": ELEMENT,
    "MeanAbsolutePercentageError": ELEMENT,
    "MeanIoU": ELEMENT,
    "MeanSquaredError": ELEMENT,
    "MeanSquaredLogarithmicError": ELEMENT,
    "Poisson": ELEMENT,
    "Precision": ELEMENT,  # ONE_COLUMN with class_id, ROW with top_k; so are those below
    "PrecisionAtRecall": ELEMENT,
    "Recall": ELEMENT,
    "RecallAtPrecision": ELEMENT,
    "RootMeanSquaredError": ELEMENT,
    "SensitivityAtSpecificity": ELEMENT,
    "SpecificityAtSensitivity": ELEMENT,
    "SquaredHinge": ELEMENT,
    "TrueNegatives": ELEMENT,
    "TruePositives": ELEMENT,
    "R2Score": COLUMN,
    "FBetaScore": F_SCORE,  # ROW without a threshold: it takes the largest of the row
    "F1Score": F_SCORE,
    "CategoricalAccuracy": ROW,
    "CategoricalCrossentropy": ROW,
    "CategoricalHinge": ROW,
    "ConcordanceCorrelation": ROW,
    "CosineSimilarity": ROW,
    "KLDivergence": ROW,
    "OneHotIoU": ROW,
    "OneHotMeanIoU": ROW,
    "PearsonCorrelation": ROW,
    "TopKCategoricalAccuracy": ROW,
    "Mean": "it takes no targets",
    "Sum": "it takes no targets",
    "SparseCategoricalAccuracy": _WHOLE,
    "SparseCategoricalCrossentropy": _WHOLE,
    "SparseTopKCategoricalAccuracy": _WHOLE,
}

# Metrics that a soft target has a value in; the others, of Keras's, would take .6 for yes.
_SOFT = {name for name, kind in _LOSSES.items() if kind == ELEMENT} | {
    "CategoricalCrossentropy",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "KLDivergence",
    "LogCoshError",
    "PearsonCorrelation",
    "R2Score",
    "RootMeanSquaredError",
}

# Functions by the class that stands for them, where snake case does not tell.
_FUNCTIONS = {"ctc": "CTC", "kl_divergence": "KLDivergence", "log_cosh": "LogCosh"}
_KINDS = {ELEMENT, COLUMN, ONE_COLUMN, F_SCORE, ROW, CUSTOM}


def keras_name(given: Identifier) -> str:
    """Return the name of the Keras class that a loss, metric or function stands for, else `""`.

    Args:
        given: A `keras.losses.Loss`, a `keras.metrics.Metric`, or a function `(y_true, y_pred)`.

    Example:
        >>> keras_name(keras.losses.mean_squared_error), keras_name(keras.metrics.AUC())
        ('MeanSquaredError', 'AUC')
    """
    if isinstance(given, keras.losses.Loss):
        found = _class_name(given, keras.losses, _LOSSES)
        return found or _function_name(getattr(given, "fn", None))
    if isinstance(given, keras.metrics.Metric):
        found = _class_name(given, keras.metrics, _METRICS)
        return found or _function_name(getattr(given, "_fn", None))
    return _function_name(given)


def kind_of_loss(loss: Identifier) -> str:
    """Return what a loss over multi labels is defined on: `ELEMENT` or `CUSTOM`.

    Args:
        loss: A `keras.losses.Loss`, or a function `(y_true, y_pred)`.

    Raises:
        ValueError: It has no value for each label; the message says what to use.

    Example:
        >>> kind_of_loss(keras.losses.MeanSquaredError()), kind_of_loss(lambda y, p: (y - p) ** 2)
        ('element', 'custom')
    """
    function = loss if not isinstance(loss, keras.losses.Loss) else getattr(loss, "fn", None)
    name = _class_name(loss, keras.losses, _LOSSES) or _function_name(function)
    kind = _LOSSES.get(name, CUSTOM)
    if kind in _KINDS:
        return kind
    raise ValueError(
        f"The loss {_name(loss)!r} does not fit multi labels: {kind}. {_BINARY}, or a loss of your "
        f"own that returns a value for each label, (n, L); {_CLASSES}."
    )


def kind_of_metric(metric: Identifier) -> str:
    """Return what a metric over multi labels is defined on.

    Args:
        metric: A `keras.metrics.Metric`, or a function `(y_true, y_pred)`.

    Raises:
        ValueError: It cannot be told apart by labels, columns or rows.

    Example:
        >>> kind_of_metric(keras.metrics.F1Score(threshold=0.5))
        'f-score'
    """
    name = _class_name(metric, keras.metrics, _METRICS)
    function = getattr(metric, "_fn", metric)
    if not name and (function is not metric or not isinstance(metric, keras.metrics.Metric)):
        name = _function_name(function)
        kind = _METRICS.get(name, _LOSSES.get(name, CUSTOM))
    else:  # a Metric of the user's gets columns and their weights
        kind = _METRICS.get(name, COLUMN)
    if getattr(metric, "top_k", None) is not None:
        kind = ROW
    elif getattr(metric, "class_id", None) is not None:
        kind = ONE_COLUMN
    elif getattr(metric, "multi_label", False):
        kind = COLUMN
    elif kind == F_SCORE and metric.threshold is None:
        kind = ROW
    if kind in _KINDS:
        return kind
    raise ValueError(
        f"The metric {_name(metric)!r} does not fit multi labels: {kind}. Use one of single labels "
        f"('binary_accuracy', AUC, Precision), of columns (AUC(multi_label=True), F1Score with a "
        f"threshold) or of rows ('categorical_accuracy'); {_CLASSES}."
    )


def needs_hard(metric: Identifier) -> bool:
    """Tell whether a metric is defined on yes and no alone, so that soft targets are left out.

    Example:
        >>> needs_hard(keras.metrics.AUC()), needs_hard(keras.metrics.MeanSquaredError())
        (True, False)
    """
    name = keras_name(metric)
    return name in _METRICS and name not in _SOFT


def _class_name(given: Identifier, module: ModuleType, table: dict[str, str]) -> str:
    """Return the name of the Keras class in the table that `given` is, or derives from."""
    for cls in type(given).__mro__:
        if cls in (keras.metrics.Mean, keras.metrics.Sum) and type(given) is not cls:
            continue  # they take no targets, what derives from them may
        if cls.__name__ in table and getattr(module, cls.__name__, None) is cls:
            return cls.__name__
    return ""


def _function_name(function: Callable[..., Any] | None) -> str:
    """Return the name of the Keras class that stands for a function of Keras's, else nothing."""
    name = getattr(function, "__name__", "")
    if not any(getattr(module, name, None) is function for module in (keras.losses, keras.metrics)):
        return ""
    return _FUNCTIONS.get(name) or "".join(part.capitalize() for part in name.split("_"))


def _name(given: Identifier) -> str:
    return str(getattr(given, "name", None) or getattr(given, "__name__", given))
