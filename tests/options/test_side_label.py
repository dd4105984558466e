"""The options of `side-label`."""

from __future__ import annotations

import dataclasses

from labelfeed.options import StrategyOptions, owners
from labelfeed.options.side_label import SIDE_LAYERS, SideLabelOptions


def test_what_is_of_side_labels_is_its_own_and_is_named_so():
    own, every = (
        {f.name for f in dataclasses.fields(made)} for made in (SideLabelOptions, StrategyOptions)
    )
    assert "side-label" in owners("plain")
    for name in own - every - {"plain", "members"}:
        assert name.startswith("side_")
        assert owners(name) == ("side-label",)


def test_auto_is_no_layer():
    assert SideLabelOptions().side_layer == "auto"
    assert "auto" not in SIDE_LAYERS
