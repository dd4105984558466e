"""Conditioning layers: Keras layers that take features and a label.

Why these: the ways to feed a label into a network that people reach for first, those that the
literature found to pay where a label changes what the features mean, and what the strategy
`partial-labels` is made of. Each reads -1 as unknown, keeps parameters for it from the start, and
can hide labels itself in training. Layers that read no label: `ColumnProbabilities` and
`PriorShift`, which end a network; `RandomView` and `StrongView`, which augment; `FrozenScaling` and
`TreeEnsemble`, which hold what scikit-learn fitted; `NeighbourLabels`, which reads labels of other
rows; and what the default network for tables is
made of (`RobustScaling`, `PiecewiseLinearEncoding`, `MemberDense`).
"""

from labelfeed.layers.ada_ln_zero import AdaLNZero
from labelfeed.layers.bayes_product_layer import BayesProductLayer
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.layers.conditional_batch_normalization import ConditionalBatchNormalization
from labelfeed.layers.conditional_group_normalization import ConditionalGroupNormalization
from labelfeed.layers.conditional_layer_normalization import ConditionalLayerNormalization
from labelfeed.layers.film import FiLM
from labelfeed.layers.frozen_scaling import FrozenScaling
from labelfeed.layers.known_label_attention import KnownLabelAttention
from labelfeed.layers.known_label_mixture import KnownLabelMixture
from labelfeed.layers.known_label_path import KnownLabelPath
from labelfeed.layers.known_label_reader import KnownLabelReader
from labelfeed.layers.label_branch import LabelBranch
from labelfeed.layers.label_conditional_conv2d import LabelConditionalConv2D
from labelfeed.layers.label_conditional_dense import LabelConditionalDense
from labelfeed.layers.label_embedding import LabelEmbedding
from labelfeed.layers.label_gate import LabelGate
from labelfeed.layers.label_noise import LabelNoise
from labelfeed.layers.label_switch import LabelSwitch
from labelfeed.layers.logit_calibration import LogitCalibration
from labelfeed.layers.member_dense import MemberDense
from labelfeed.layers.naive_bayes_offset import NaiveBayesOffset
from labelfeed.layers.neighbour_labels import NeighbourLabels
from labelfeed.layers.piecewise_linear_encoding import PiecewiseLinearEncoding
from labelfeed.layers.prior_shift import PriorShift
from labelfeed.layers.random_view import RandomView
from labelfeed.layers.robust_scaling import RobustScaling
from labelfeed.layers.strong_view import StrongView
from labelfeed.layers.tree_ensemble import TreeEnsemble

__all__ = [
    "AdaLNZero",
    "BayesProductLayer",
    "ColumnProbabilities",
    "ConditionalBatchNormalization",
    "ConditionalGroupNormalization",
    "ConditionalLayerNormalization",
    "FiLM",
    "FrozenScaling",
    "KnownLabelAttention",
    "KnownLabelMixture",
    "KnownLabelPath",
    "KnownLabelReader",
    "LabelBranch",
    "LabelConditionalConv2D",
    "LabelConditionalDense",
    "LabelEmbedding",
    "LabelGate",
    "LabelNoise",
    "LabelSwitch",
    "LogitCalibration",
    "MemberDense",
    "NaiveBayesOffset",
    "NeighbourLabels",
    "PiecewiseLinearEncoding",
    "PriorShift",
    "RandomView",
    "RobustScaling",
    "StrongView",
    "TreeEnsemble",
]
