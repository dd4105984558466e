"""Classifiers of scikit-learn underneath, and what becomes of them: plain arrays, without Keras."""

from labelfeed.estimators.tree_arrays import TreeArrays
from labelfeed.estimators.trees import tree_arrays

__all__ = ["TreeArrays", "tree_arrays"]
