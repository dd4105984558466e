"""The options of `masked`."""

from __future__ import annotations

from labelfeed.options import TrainingOptions, owners
from labelfeed.options.masked import CONDITIONINGS, MaskedOptions


def test_network_and_conditioning_are_its_own():
    assert owners("network") == owners("conditioning") == owners("label_width") == ("masked",)
    assert MaskedOptions().network is None
    assert MaskedOptions().conditioning in CONDITIONINGS
    assert TrainingOptions("masked", network="a:b").of("masked") == MaskedOptions(network="a:b")


def test_the_rate_depends_on_the_label_unless_it_is_given():
    assert MaskedOptions().hidden_rate is None
    assert TrainingOptions("masked", hidden_rate=0.0).of("masked").hidden_rate == 0.0
