"""Rows made anew: a diffusion that labels condition, its networks, noise levels and sampler.

A name is imported when it is asked for: noise levels, sampler and conditions need no Keras.
Importing `ConditionalDiffusion` registers what a file of it holds for `keras.saving.load_model`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelfeed.lazy import lazy_names

if TYPE_CHECKING:  # for whoever reads the names without running anything
    from labelfeed.generate.diffusion import ConditionalDiffusion
    from labelfeed.generate.networks import table_network
    from labelfeed.generate.noise import NoiseLevels
    from labelfeed.generate.pictures import image_network
    from labelfeed.generate.sampler import Guidance, denoising_steps
    from labelfeed.generate.watching import ClassGrids, class_grid, loss_chart, sheet_of

_PLACES = {
    "ClassGrids": "labelfeed.generate.watching",
    "ConditionalDiffusion": "labelfeed.generate.diffusion",
    "Guidance": "labelfeed.generate.sampler",
    "NoiseLevels": "labelfeed.generate.noise",
    "class_grid": "labelfeed.generate.watching",
    "denoising_steps": "labelfeed.generate.sampler",
    "image_network": "labelfeed.generate.pictures",
    "loss_chart": "labelfeed.generate.watching",
    "sheet_of": "labelfeed.generate.watching",
    "table_network": "labelfeed.generate.networks",
}

__all__ = [
    "ClassGrids",
    "ConditionalDiffusion",
    "Guidance",
    "NoiseLevels",
    "class_grid",
    "denoising_steps",
    "image_network",
    "loss_chart",
    "sheet_of",
    "table_network",
]

__getattr__ = lazy_names(__name__, _PLACES)
