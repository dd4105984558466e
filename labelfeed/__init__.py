"""labelfeed: labels as inputs for Keras, fed in training, never leaked, never needed later.

Importing the package sets nothing global and picks no backend: Keras is imported by the first
name that needs it.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_PLACES = {
    "UNKNOWN": "labelfeed.encoding",
    "LabelError": "labelfeed.encoding",
    "LabelSpec": "labelfeed.labels",
    "Visibility": "labelfeed.visibility",
    "Hidden": "labelfeed.visibility",
    "Shown": "labelfeed.visibility",
    "Masked": "labelfeed.visibility",
    "LikeData": "labelfeed.patterns",
    "LabelInput": "labelfeed.inputs",
    "LabelFedModel": "labelfeed.model",
    "MarginModel": "labelfeed.margin_model",
    "NearestPrototype": "labelfeed.nearest_prototype",
    "with_label": "labelfeed.wire",
    "BayesProduct": "labelfeed.bayes_product",
    "check_sides": "labelfeed.sides",
    "Tree": "labelfeed.hierarchy",
}
_MODULES = ("audit", "data", "heads", "layers", "losses", "strategies", "verification")

__all__ = sorted([*_PLACES, *_MODULES, "__version__"])


def __getattr__(name: str) -> Any:
    """Import the public name on first use (PEP 562)."""
    if name in _PLACES:
        value = getattr(importlib.import_module(_PLACES[name]), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return importlib.import_module(f"labelfeed.{name}")
    raise AttributeError(f"module 'labelfeed' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
