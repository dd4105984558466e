"""Conditioning layers: Keras layers that take features and a label.

Why these: the three ways to feed a label into a network that people reach for first, and what
the strategy `partial-labels` is made of. Each reads -1 as unknown, keeps parameters for it from the
start, and can hide labels itself in training.
"""

from labelfeed.layers.known_label_attention import KnownLabelAttention
from labelfeed.layers.known_label_path import KnownLabelPath
from labelfeed.layers.label_branch import LabelBranch
from labelfeed.layers.label_conditional_dense import LabelConditionalDense
from labelfeed.layers.label_embedding import LabelEmbedding
from labelfeed.layers.naive_bayes_offset import NaiveBayesOffset

__all__ = [
    "KnownLabelAttention",
    "KnownLabelPath",
    "LabelBranch",
    "LabelConditionalDense",
    "LabelEmbedding",
    "NaiveBayesOffset",
]
