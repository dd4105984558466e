"""The options of `generate`."""

from __future__ import annotations

from labelfeed.options import GenerateOptions


def test_a_network_of_pictures_has_its_own_size_unless_one_is_given():
    assert GenerateOptions().size(pictures=False) == {"width": 256, "depth": 4}
    assert GenerateOptions().size(pictures=True) == {}
    assert GenerateOptions(width=16).size(pictures=True) == {"width": 16}
