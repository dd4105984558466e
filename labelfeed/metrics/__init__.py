"""Figures and their uncertainty: of probabilities, of embeddings, tests, intervals.

scikit-learn and SciPy do the computing; nothing here knows a model.
"""

__all__ = []
