"""The predictors of this library's own models."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.models.embedding import embed_rows, embedder_of
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.margin import MarginModel
from labelfeed.models.side_label import SideLabelModel
from labelfeed.models.wire import with_label
from labelfeed.predictors.predictor import Predictor
from labelfeed.predictors.responses import PredictorError, one_output
from labelfeed.types import Features, KerasModel, Shape, SideValues, Tensor
from labelfeed.visibility.policies import Hidden, Masked

__all__ = ["ClassifierPredictor", "LabelFedPredictor", "MarginPredictor", "SideLabelPredictor"]


class LabelFedPredictor(Predictor):
    """A `LabelFedModel` (also in two phases): reads its label where some of it is known.

    Args:
        model: The model.
    """

    what = "LabelFedModel"

    def __init__(self, model: LabelFedModel) -> None:
        """Ask the model what it takes."""
        super().__init__(model.label, reads_label=True)
        self.model: Any = model
        self.visibility = model.visibility
        self.feature_shapes = _feature_shapes(model.network, model.fed_inputs)

    def scores(
        self, x: Features, known: np.ndarray | None = None, sides: SideValues | None = None
    ) -> Tensor:
        """Return the network's output."""
        return self.model.predict(x, known=known, batch_size=self.batch_size, verbose=0)

    def fed_scores(self, x: Features, ids: np.ndarray) -> np.ndarray:
        """Return the network's output with the label beside the features, as in a training step."""
        fed = with_label(x, ids)
        return one_output(self.model.predict(fed, batch_size=self.batch_size, verbose=0), len(ids))

    def own_evaluation(self, x: Features, ids: np.ndarray) -> dict[str, float] | None:
        """Return what `evaluate` reports; `None` for a model that is not compiled."""
        if not self.model.compiled:
            return None
        found: dict[str, float] = self.model.evaluate(x, ids, verbose=0, return_dict=True)
        return found

    def embedding(self, x: Features) -> np.ndarray:
        """Return the input of the last dense layer, with every label unknown.

        Raises:
            PredictorError: The network reads side labels, or does not end in a dense layer.
        """
        return embed_rows(self._embedder, x, self.spec, self.batch_size)

    @functools.cached_property
    def _embedder(self) -> KerasModel:
        return embedder_of(self.model.network, self.model.fed_inputs)


class SideLabelPredictor(LabelFedPredictor):
    """A `SideLabelModel`: takes side labels; its target is no input.

    Args:
        model: The model.
    """

    what = "SideLabelModel"

    def __init__(self, model: SideLabelModel) -> None:
        """Ask the model what it takes."""
        super().__init__(model)
        self.reads_label, self.sides, self.product = False, model.sides, model.product
        labels = [spec.input_name for spec in (model.label, *model.sides)]
        self.feature_shapes = _feature_shapes(model.network, labels)

    @functools.cached_property
    def _embedder(self) -> KerasModel:
        return embedder_of(self.model.network, (self.spec.input_name,))  # none of its own

    def scores(
        self, x: Features, known: np.ndarray | None = None, sides: SideValues | None = None
    ) -> Tensor:
        """Return the network's output; what is not in `sides` is unknown."""
        return self.model.predict(x, sides=sides, batch_size=self.batch_size, verbose=0)

    def _no_known(self) -> str:
        names = [spec.name for spec in self.sides]
        return (
            f"The target {self.spec.name!r} is no input of this model: predict without known "
            f"labels. Side labels go into sides= ({names})."
        )


class ClassifierPredictor(Predictor):
    """A fitted `LabelFedClassifier`: reads its labels where it has several and some are known.

    Args:
        model: The classifier.

    Raises:
        NotFittedError: It was not fitted.
    """

    what = "LabelFedClassifier"
    takes_soft = True

    def __init__(self, model: LabelFedClassifier) -> None:
        """Ask the classifier what it takes."""
        check_is_fitted(model, "blend_")
        reads = len(model.spec_.label_columns) > 1
        super().__init__(model.spec_, reads_label=reads)
        self.model = model
        self.visibility = Masked("uniform") if reads else Hidden()
        if model.n_features_in_:
            self.feature_shapes = ((model.n_features_in_,),)

    def scores(
        self, x: Features, known: np.ndarray | None = None, sides: SideValues | None = None
    ) -> Tensor:
        """Return its probabilities."""
        return self.model.predict_proba(x, known)


class MarginPredictor(Predictor):
    """A `MarginModel`: an embedding; its label is in the training loss only.

    Args:
        model: The model.
    """

    what = "MarginModel"
    embeds = True

    def __init__(self, model: MarginModel) -> None:
        """Ask the model what it takes."""
        super().__init__(model.label)
        self.model = model
        self.feature_shapes = _feature_shapes(model.embedder, ())

    def scores(
        self, x: Features, known: np.ndarray | None = None, sides: SideValues | None = None
    ) -> Tensor:
        """Return class probabilities of the label-free scores."""
        scores = self.model.predict(x, batch_size=self.batch_size, verbose=0)
        return self._probabilities(scores)

    def fed_scores(self, x: Features, ids: np.ndarray) -> np.ndarray:
        """Return class probabilities with the label at the head, where training has it."""
        vectors = self.model.embedder.predict(x, batch_size=self.batch_size, verbose=0)
        return one_output(self._probabilities(self.model.head(vectors, ids)), len(ids))

    def embedding(self, x: Features) -> np.ndarray:
        """Return the output of the embedder."""
        return embed_rows(self.model.embedder, x, self.spec, self.batch_size)

    def _probabilities(self, scores: Tensor) -> Tensor:
        if self.model.head.num_classes is None:
            raise PredictorError(
                f"The head {type(self.model.head).__name__} has no classes, only an embedding. Use "
                "embedding(x), and NearestPrototype for classes."
            )
        return self.model.head.probabilities(scores)

    def _no_known(self) -> str:
        return (
            "This model was trained with the strategy 'margin': its label is in the training loss "
            "only, and its network reads none. Predict without known labels."
        )


def _feature_shapes(network: KerasModel, labels: Sequence[str]) -> tuple[Shape, ...]:
    """Return the shape of one row for each input that is no label."""
    inputs = network.inputs or ()
    return tuple(tuple(i.shape[1:]) for i in inputs if i.name not in labels)
