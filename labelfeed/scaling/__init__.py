"""Training on several devices and hosts, by the engines that Keras's backends have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelfeed.lazy import lazy_names

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

__getattr__ = lazy_names(__name__, _PLACES)
