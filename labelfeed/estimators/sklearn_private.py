"""Everything of scikit-learn that it does not document and that this library touches.

The canary is in the twin test: looked at with scikit-learn 1.9.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.estimators.errors import EstimatorError
from labelfeed.types import AnyModel

__all__ = ["histogram_private"]


def histogram_private(estimator: AnyModel) -> tuple[list[list[Any]], np.ndarray]:
    """Return the trees of histogram boosting, by iteration and class, and the score before them.

    scikit-learn offers no other way to them.

    Returns:
        For each iteration and class the structured array of the nodes; float64 `(classes,)`.
    """
    nodes = [[tree.nodes for tree in step] for step in estimator._predictors]
    if getattr(estimator, "_preprocessor", None) is not None or any(
        array["is_categorical"].any() for step in nodes for array in step
    ):
        raise EstimatorError(
            f"This {type(estimator).__name__} splits on categories (categorical_features), which "
            "cannot become arrays: one-hot encode them before, and fit with "
            "categorical_features=None."
        )
    return nodes, np.asarray(estimator._baseline_prediction, np.float64).reshape(-1)
