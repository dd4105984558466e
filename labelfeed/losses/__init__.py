"""Loss mathematics without weights: margins on a cosine, softmax terms, noise, rare labels, trees.

Why functions and not Keras losses: Keras's `Loss` objects do not track variables, and what reads
class centres needs them. The weights live in the heads; what stands here is pure. The losses for
noisy labels, imbalance and trees need none, and are Keras losses.
"""

from labelfeed.losses.asymmetric import AsymmetricLoss
from labelfeed.losses.blocks import blocked_terms
from labelfeed.losses.class_sets import ExpectedCost, HierarchicalCrossentropy, SetCrossentropy
from labelfeed.losses.class_terms import ClassTerms, class_terms
from labelfeed.losses.logit_adjusted import LogitAdjusted
from labelfeed.losses.margins import (
    additive_angle,
    combined_angle,
    safe_angle,
    unit_and_norm,
)
from labelfeed.losses.noise_robust import ForwardCorrected, GeneralizedCrossentropy
from labelfeed.losses.supervised_contrastive import supervised_contrastive

__all__ = [
    "AsymmetricLoss",
    "ClassTerms",
    "ExpectedCost",
    "ForwardCorrected",
    "GeneralizedCrossentropy",
    "HierarchicalCrossentropy",
    "LogitAdjusted",
    "SetCrossentropy",
    "additive_angle",
    "blocked_terms",
    "class_terms",
    "combined_angle",
    "safe_angle",
    "supervised_contrastive",
    "unit_and_norm",
]
