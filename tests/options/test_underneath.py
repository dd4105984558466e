from __future__ import annotations

import dataclasses

import pytest

from labelfeed.options import (
    OPTIONS,
    MarginOptions,
    PartialLabelsOptions,
    PlainOptions,
    SideLabelOptions,
)
from labelfeed.options.base import OptionError
from labelfeed.options.underneath import _OF_A_NETWORK, PLAIN_MODELS, underneath


@pytest.mark.parametrize("made", [PlainOptions, PartialLabelsOptions])
def test_auto_unless_a_network_is_described(made):
    assert underneath(made()) == underneath(made(seed=3, test_share=0.5)) == "auto"
    assert underneath(made(width=7)) == underneath(made(epochs=1)) == "network"
    assert underneath(SideLabelOptions(side_dropout=0.3)) == "auto"
    assert underneath(SideLabelOptions(side_layer="film")) == "network"
    assert underneath(made(width=7, plain="logistic")) == "logistic"
    assert underneath(made(plain="here:made")) == "here:made"


def test_strategies_without_a_plain_model():
    assert underneath(MarginOptions()) is None


def test_an_unknown_one_is_named():
    with pytest.raises(OptionError, match=r"'extra-trees'.*got 'forest'"):
        underneath(PlainOptions(plain="forest"))


def test_what_describes_a_network_are_options_of_strategies():
    fields = {f.name for made in OPTIONS.values() for f in dataclasses.fields(made)}
    assert fields >= _OF_A_NETWORK
    assert "auto" in PLAIN_MODELS
