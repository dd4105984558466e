"""Training on several devices and hosts, by the engines that Keras's backends have."""

from __future__ import annotations

import importlib
import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labelfeed.scaling.devices import devices
    from labelfeed.scaling.errors import ScalingError
    from labelfeed.scaling.gathered import gathered

_PLACES = {
    "ScalingError": "labelfeed.scaling.errors",
    "devices": "labelfeed.scaling.devices",
    "gathered": "labelfeed.scaling.gathered",
}

__all__ = ["ScalingError", "devices", "gathered"]


def __getattr__(name: str) -> Any:
    """Import the public name on first use (PEP 562)."""
    if name not in _PLACES:
        raise AttributeError(f"module 'labelfeed.scaling' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


class _Package(types.ModuleType):
    """Keeps `labelfeed.scaling.devices` the function that it is when its module is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _PLACES or not isinstance(value, types.ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
