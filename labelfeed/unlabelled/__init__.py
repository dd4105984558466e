"""Rows without a label: pseudo-labels of them, and whether these help; no Keras.

Every figure by which something is chosen is that of labelled rows whose labels neither the models
that made the pseudo-labels nor those that learned from them have seen.
"""

from labelfeed.unlabelled.spreading import near_rows, spread_labels
from labelfeed.unlabelled.teaching import fit_students

__all__ = ["fit_students", "near_rows", "spread_labels"]
