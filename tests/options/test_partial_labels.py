"""The options of `partial-labels`."""

from __future__ import annotations

import dataclasses

from labelfeed.options import MaskedOptions, StrategyOptions
from labelfeed.options.partial_labels import PartialLabelsOptions


def test_any_share_of_the_labels_may_be_known_at_inference():
    assert PartialLabelsOptions().hidden_rate == "uniform"


def test_what_it_takes_beside_the_others_masked_takes_too():
    own, every, masked = (
        {f.name for f in dataclasses.fields(made)}
        for made in (PartialLabelsOptions, StrategyOptions, MaskedOptions)
    )
    assert own - every == {"hidden_rate", "label_dropout", "plain", "members"}
    assert {"hidden_rate", "label_dropout"} <= masked
