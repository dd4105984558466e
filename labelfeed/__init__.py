"""labelfeed: labels as inputs for Keras, fed in training, never leaked, never needed later.

Importing the package sets nothing global and picks no backend: Keras is imported by the first
name that needs it.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_PLACES = {
    "UNKNOWN": "labelfeed.labels.encoding",
    "CellRules": "labelfeed.labels.cell_rules",
    "LabelError": "labelfeed.labels.errors",
    "LabelSpec": "labelfeed.labels.spec",
    "StreamedRows": "labelfeed.models.streamed_rows",
    "Visibility": "labelfeed.visibility.policies",
    "Hidden": "labelfeed.visibility.policies",
    "Shown": "labelfeed.visibility.policies",
    "Masked": "labelfeed.visibility.policies",
    "LikeData": "labelfeed.visibility.patterns",
    "LabelInput": "labelfeed.labels.input",
    "LabelFedClassifier": "labelfeed.estimators.classifier",
    "LabelFedModel": "labelfeed.models.label_fed",
    "MarginModel": "labelfeed.models.margin",
    "NearestPrototype": "labelfeed.models.nearest_prototype",
    "with_label": "labelfeed.models.wire",
    "BayesProduct": "labelfeed.sides.bayes_product",
    "check": "labelfeed.checks.check",
    "clean": "labelfeed.noise.cleaning",
    "compare": "labelfeed.comparison.compare",
    "check_sides": "labelfeed.sides.findings",
    "tune": "labelfeed.tuning.tune",
    "Tree": "labelfeed.sides.tree",
}
_PACKAGES = {
    name: f"labelfeed.{name}"
    for name in "audit checks comparison data estimators export generate heads judging labels "
    "layers losses metrics models noise predictors report results runs scaling serving sides "
    "strategies synthetic tuning visibility".split()
}
_PACKAGES["verification"] = "labelfeed.metrics.embeddings"  # its name of before

__all__ = sorted([*_PLACES, *_PACKAGES, "__version__"])


def __getattr__(name: str) -> Any:
    """Import the public name on first use (PEP 562)."""
    if name in _PLACES:
        value = getattr(importlib.import_module(_PLACES[name]), name)
        globals()[name] = value
        return value
    if name in _PACKAGES:
        return importlib.import_module(_PACKAGES[name])
    raise AttributeError(f"module 'labelfeed' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
