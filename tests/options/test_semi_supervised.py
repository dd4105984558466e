"""The options of `semi-supervised`."""

from __future__ import annotations

from labelfeed.options import SemiSupervisedOptions
from labelfeed.options.underneath import underneath


def test_tables_take_the_blend_unless_one_network_is_described() -> None:
    assert underneath(SemiSupervisedOptions()) == "auto"
    assert underneath(SemiSupervisedOptions(plain="logistic")) == "logistic"
    assert underneath(SemiSupervisedOptions(epochs=3)) == "network"
