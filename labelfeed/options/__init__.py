"""How to train: each strategy's options with the defaults that were benchmarked, written once.

Why apart from `labelfeed.strategies`: their signatures, `labelfeed train` and its help take the
defaults from here, and `labelfeed --help` must answer without Keras. A new strategy's options are
a file here and a line in the table below.
"""

from labelfeed.options.base import (
    OPTIONS,
    OptionError,
    StrategyOptions,
    TrainingOptions,
    owners,
)
from labelfeed.options.generate import GenerateOptions
from labelfeed.options.margin import HEADS, MarginOptions
from labelfeed.options.masked import CONDITIONINGS, Conditioning, MaskedOptions
from labelfeed.options.members import MEMBER_SETTINGS, MemberSettings
from labelfeed.options.neighbour_labels import NeighbourLabelsOptions
from labelfeed.options.noisy_labels import NOISE_METHODS, NoisyLabelsOptions
from labelfeed.options.partial_labels import PartialLabelsOptions
from labelfeed.options.plain import PlainOptions
from labelfeed.options.prior_adjusted import PriorAdjustedOptions
from labelfeed.options.semi_supervised import SemiSupervisedOptions
from labelfeed.options.side_label import SIDE_LAYERS, SideLabelOptions

__all__ = [
    "CONDITIONINGS",
    "HEADS",
    "MEMBER_SETTINGS",
    "NOISE_METHODS",
    "OPTIONS",
    "SIDE_LAYERS",
    "STRATEGIES",
    "Conditioning",
    "GenerateOptions",
    "MarginOptions",
    "MaskedOptions",
    "MemberSettings",
    "NeighbourLabelsOptions",
    "NoisyLabelsOptions",
    "OptionError",
    "PartialLabelsOptions",
    "PlainOptions",
    "PriorAdjustedOptions",
    "SemiSupervisedOptions",
    "SideLabelOptions",
    "StrategyOptions",
    "TrainingOptions",
    "owners",
]

OPTIONS.update(
    (made.strategy, made)
    for made in (
        PlainOptions,
        MaskedOptions,
        PartialLabelsOptions,
        SideLabelOptions,
        MarginOptions,
        NoisyLabelsOptions,
        NeighbourLabelsOptions,
        PriorAdjustedOptions,
        SemiSupervisedOptions,
        GenerateOptions,
    )
)
STRATEGIES = ("auto", *OPTIONS)
