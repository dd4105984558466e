"""Rows made anew: a diffusion that labels condition, its networks, noise levels and sampler.

Importing this package registers its layers and models for `keras.saving.load_model`.
"""

import labelfeed.models  # noqa: F401 (for the registered names)
from labelfeed.generate.diffusion import ConditionalDiffusion
from labelfeed.generate.networks import table_network
from labelfeed.generate.pictures import image_network

__all__ = ["ConditionalDiffusion", "image_network", "table_network"]
