"""A `LabelFedClassifier` with the face of a Keras model that reads known labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.errors import EstimatorError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled import assembled
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.own_predictors import ClassifierPredictor
from labelfeed.types import ArrayLike, KerasModel, Labels

__all__ = ["CrossFittedModel"]


class CrossFittedModel:
    """Plain models of any kind under known labels, asked as a `LabelFedModel` is.

    `predict(x, known=)` gives probabilities, as every model of `labelfeed.strategies` does; the
    face of scikit-learn (`predict_proba`, `predict` of classes) is that of `classifier`. Nothing of
    scikit-learn is ever saved: `save` and `export` write the Keras network that
    `labelfeed.models.assembled.assembled` makes, whose probabilities are the same within 1e-5.

    Args:
        classifier: What learns; its `spec` is given.

    Attributes:
        classifier: The `LabelFedClassifier`.
        label: `LabelSpec` of the labels.

    Raises:
        EstimatorError: The classifier has no spec.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> x = rng.normal(size=(80, 3))
        >>> y = np.stack([x[:, 0] > 0, x[:, 0] + rng.normal(size=80) > 0], axis=1).astype(int)
        >>> spec = LabelSpec.multi(["nodule", "effusion"])
        >>> model = CrossFittedModel(LabelFedClassifier("logistic", spec)).fit(x, y)
        >>> model.predict(x[:2], known={"effusion": 1}).shape
        (2, 2)
    """

    def __init__(self, classifier: LabelFedClassifier) -> None:
        """Store the classifier, which `fit` fits."""
        if classifier.spec is None:
            raise EstimatorError(
                "Expected a classifier with a spec: LabelFedClassifier(plain, spec)."
            )
        self.classifier = classifier
        self.label: LabelSpec = classifier.spec
        self._keras: LabelFedModel | None = None

    def fit(
        self,
        x: ArrayLike | None,
        y: Labels,
        *,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> CrossFittedModel:
        """Cross-fit the plain models, blend them, and learn what known labels add.

        Args:
            x: Numbers `(n, d)`, finite. Probabilities that were given as an array stand for it:
                then it is not read, and may be `None`.
            y: What `label.encode` takes; -1 where unknown.
            groups: `(n,)`: rows of one group never stand on both sides of a fold.
            sample_weight: `(n,)`, >= 0.

        Returns:
            The model itself.

        Raises:
            EstimatorError: What was given cannot be learned from.
            LabelError: A label does not fit.
        """
        given = self.classifier.plain
        if isinstance(given, np.ndarray):  # new rows bring their probabilities as x
            x = given
        elif x is None:
            raise EstimatorError("x is None: give the features of the rows.")
        self._keras = None
        self.classifier.fit(x, y, groups=groups, sample_weight=sample_weight)
        return self

    def predict(
        self,
        x: ArrayLike,
        *,
        known: Labels | None = None,
        batch_size: int | None = None,
        verbose: int | str = 0,
    ) -> np.ndarray:
        """Return probabilities `(n, places)`: of yes, and of the classes of a column.

        Args:
            x: Numbers `(n, d)`; where probabilities were given to learn from, those of these rows.
            known: Labels that may be read: anything `label.encode` takes, or a dict of labels to
                one value for all rows or one for each. `None`: nothing is known.
            batch_size: Not used: so that code written for a Keras model runs.
            verbose: Not used, likewise.
        """
        return self.classifier.predict_proba(x, known)

    @property
    def predictor(self) -> ClassifierPredictor:
        """What `ask`, `explain_known`, audits and curves ask.

        Raises:
            EstimatorError: It was not fitted.
        """
        if not hasattr(self.classifier, "blend_"):
            raise EstimatorError("This model is not fitted yet: call fit(x, y) first.")
        return ClassifierPredictor(self.classifier)

    def keras(self) -> LabelFedModel:
        """Return the whole as one Keras network `[features, label] -> probabilities`.

        Raises:
            EstimatorError: A plain model cannot become a network; the message names what can.
            NotFittedError: It was not fitted.
        """
        check_is_fitted(self.classifier, "blend_")
        if self._keras is None:
            self._keras = assembled(self.classifier)
        return self._keras

    def functional(self) -> KerasModel:
        """Return the Keras network without a label input, to export. Raises as `keras` does."""
        return self.keras().functional()

    def save(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write `keras()` to a `.keras` file, which `keras.saving.load_model` opens.

        Args:
            filepath: Ends in `.keras`.
            overwrite: Whether a file there is replaced without asking.
        """
        self.keras().save(filepath, overwrite=overwrite)

    def export(self, filepath: str | Path, format: str = "tf_saved_model", **kwargs: Any) -> None:
        """Export `functional()`; arguments as for `keras.Model.export`."""
        self.keras().export(filepath, format, **kwargs)

    def summary(self) -> str:
        """Return in one line what was taken, and what blend and known labels brought."""
        return self.classifier.summary()
