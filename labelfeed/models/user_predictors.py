"""The predictors of what users bring: Keras models, functions, scikit-learn estimators."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.embedding import embed_rows, embedder_of
from labelfeed.models.label_feeding import LabelFeeding, inputs_with_label
from labelfeed.predictors.predictor import Predictor
from labelfeed.predictors.responses import PredictorError, chosen_output
from labelfeed.predictors.rows import num_rows
from labelfeed.types import AnyModel, Cell, Cells, Features, KerasModel, SideValues, Tensor

__all__ = ["EstimatorPredictor", "FunctionPredictor", "KerasPredictor"]


class KerasPredictor(Predictor):
    """A Keras model of features alone, or of features and label.

    Args:
        model: The model; what it predicts is `spec`.
        spec: The label.
        place: Which of its inputs is the label; `None` if none is.
        fed: How the label is fed.
        output: Name or position of the output that predicts it; by default the one of its name.
    """

    def __init__(
        self,
        model: KerasModel,
        spec: LabelSpec,
        place: int | None = None,
        fed: LabelFeeding | None = None,
        output: str | int | None = None,
    ) -> None:
        """Look at the inputs."""
        super().__init__(spec, reads_label=place is not None)
        self.model, self._output = model, output
        self.what = "Keras model" if place is None else "two-input model"
        self._fed = fed
        self._put = None if place is None else inputs_with_label(model, place, spec)
        if fed is not None:
            self.takes_unknown, self.unknown_how = fed.takes_unknown, fed.unknown_how
        inputs = list(getattr(model, "inputs", None) or [])
        self._label_name = inputs[place].name if inputs and place is not None else None
        if inputs:
            features = [i for i in inputs if i.name != self._label_name]
            self.feature_shapes = tuple(tuple(i.shape[1:]) for i in features)

    def scores(
        self, x: Features, known: np.ndarray | None = None, sides: SideValues | None = None
    ) -> Tensor:
        """Return the model's output; without `known` the label is fed as unknown."""
        if self._put is not None and self._fed is not None:
            x = self._put(x, self._fed.encode(_all_rows(self, x, known)))
        found = self.model.predict(x, batch_size=self.batch_size, verbose=0)
        names = list(getattr(self.model, "output_names", None) or [])
        return chosen_output(found, self._output, self.spec, names)

    def own_evaluation(self, x: Features, ids: np.ndarray) -> dict[str, float] | None:
        """Return what `evaluate` reports; `None` for a model that is not compiled."""
        if not self.model.compiled:
            return None
        found: dict[str, float] = self.model.evaluate(x, ids, verbose=0, return_dict=True)
        return found

    def embedding(self, x: Features) -> np.ndarray:
        """Return the input of the last dense layer.

        Raises:
            PredictorError: The model has several inputs, or does not end in a dense layer.
        """
        if not getattr(self.model, "inputs", None) or self._label_name is not None:
            raise PredictorError(
                f"This {self.what} has no embedding: only a functional or sequential model of "
                "features alone, or a model of labelfeed, has a layer that is known to be one."
            )
        return embed_rows(self._embedder, x, self.spec, self.batch_size)

    @functools.cached_property
    def _embedder(self) -> KerasModel:
        return embedder_of(self.model)


class FunctionPredictor(Predictor):
    """A function `x -> scores`, or `(x, label) -> scores`.

    Args:
        function: Takes rows; and label ids, one per row, if it reads them.
        spec: The label.
        fed: How the label is fed; `None` for a function of the rows alone.
        output: As for `KerasPredictor`.
    """

    what = "function"

    def __init__(
        self,
        function: Callable[..., Any],
        spec: LabelSpec,
        fed: LabelFeeding | None = None,
        output: str | int | None = None,
    ) -> None:
        """Keep the function."""
        super().__init__(spec, reads_label=fed is not None)
        self.model, self._output = function, output
        self._fed = fed
        if fed is not None:
            self.takes_unknown, self.unknown_how = fed.takes_unknown, fed.unknown_how

    def scores(
        self, x: Features, known: np.ndarray | None = None, sides: SideValues | None = None
    ) -> Tensor:
        """Return what the function returns; without `known` the label is fed as unknown."""
        if self._fed is None:
            return chosen_output(self.model(x), self._output, self.spec)
        found = self.model(x, self._fed.encode(_all_rows(self, x, known)))
        return chosen_output(found, self._output, self.spec)


class EstimatorPredictor(Predictor):
    """A fitted scikit-learn estimator (or another with `predict_proba`); it reads no label.

    Its `classes_` say which column of `predict_proba` is which class, so that classes in another
    order than those of the spec, or a class that its training rows lacked, do no harm.

    Args:
        estimator: `predict_proba(x)` gives `(n, num_classes)`; for several labels a list of an
            array `(n, classes)` for each label column, or `(n, num_labels)`.
        spec: The label.
    """

    def __init__(self, estimator: AnyModel, spec: LabelSpec) -> None:
        """Keep the estimator."""
        super().__init__(spec)
        self.model = estimator
        self.what = type(estimator).__name__

    def scores(
        self, x: Features, known: np.ndarray | None = None, sides: SideValues | None = None
    ) -> np.ndarray:
        """Return probabilities in the order of the spec."""
        found, classes = self.model.predict_proba(x), getattr(self.model, "classes_", None)
        if self.spec.kind == "single":  # one array of classes, (n, 1) too; no list of columns
            return self._placed(np.asarray(found), self.spec, classes)
        if not isinstance(found, (list, tuple)):
            return np.asarray(found)
        columns = self.spec.label_columns
        if len(found) != len(columns):
            raise PredictorError(
                f"{self.what}.predict_proba gives {len(found)} arrays; {self.spec.name!r} has "
                f"{len(columns)} label columns, so one array for each was expected."
            )
        parts = []
        for place, (column, part) in enumerate(zip(columns, found, strict=True)):
            own = None if classes is None else classes[place]
            p = self._placed(np.asarray(part), column, own)
            parts.append(p if column.of_classes else p[:, 1:])
        out = np.empty((len(parts[0]), self.spec.num_classes))
        for column, part in zip(columns, parts, strict=True):
            out[:, list(column.places)] = part
        return out

    def _rows(self, x: Features) -> int | None:
        """Count the items of a list too: here it is rows, such as texts, and no list of inputs."""
        shape = getattr(x, "shape", None)
        return len(x) if shape is None else int(shape[0])

    def _placed(
        self, found: np.ndarray, label: LabelSpec | LabelColumn, classes: Cells | None
    ) -> np.ndarray:
        """Return the columns where the ids of their classes say."""
        if classes is None:
            return found
        ids = [_class_id(label, value) for value in np.asarray(classes).tolist()]
        if (
            found.ndim != 2
            or len(ids) != found.shape[1]
            or UNKNOWN in ids
            or len(set(ids)) < len(ids)
        ):
            names = [label.name_of(i) for i in range(label.num_classes)]
            raise PredictorError(
                f"{self.what} was fitted on the classes {list(classes)} and gives an array of "
                f"shape {found.shape}; {label.name!r} has the classes {names}. Fit it on the names "
                "or ids of the spec, with no unknown label among them."
            )
        out = np.zeros((len(found), label.num_classes))
        out[:, ids] = found
        return out


def _class_id(label: LabelSpec | LabelColumn, value: Cell) -> int:
    """Return the id of a class by its name or id; -1 if there is none."""
    names = [label.name_of(i) for i in range(label.num_classes)]
    if str(value) in names:
        return names.index(str(value))
    whole = isinstance(value, (bool, int, float)) and float(value).is_integer()
    return int(value) if whole and 0 <= value < label.num_classes else UNKNOWN


def _all_rows(predictor: Predictor, x: Features, known: np.ndarray | None) -> np.ndarray:
    """Return known labels, all unknown for `None`."""
    if known is None:
        rows = num_rows(x)
        if rows is None:
            raise PredictorError(
                f"How many rows are there? This {predictor.what} needs a label for each: pass x as "
                f"an array, a table, or a list or dict of arrays; got {type(x).__name__}."
            )
        known = np.full((rows, *predictor.spec.shape), UNKNOWN, np.int32)
    return known
