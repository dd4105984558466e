"""Loss mathematics without weights: margins on a cosine, and softmax terms over many classes.

Why functions and not Keras losses: Keras's `Loss` objects do not track variables, and every one of
these needs class centres. The weights live in the heads; what stands here is pure.
"""

from labelfeed.losses.blocks import blocked_terms
from labelfeed.losses.class_terms import ClassTerms, class_terms
from labelfeed.losses.margins import (
    additive_angle,
    combined_angle,
    safe_angle,
    unit_and_norm,
)
from labelfeed.losses.supervised_contrastive import supervised_contrastive

__all__ = [
    "ClassTerms",
    "additive_angle",
    "blocked_terms",
    "class_terms",
    "combined_angle",
    "safe_angle",
    "supervised_contrastive",
    "unit_and_norm",
]
