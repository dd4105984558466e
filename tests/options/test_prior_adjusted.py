"""The options of `prior-adjusted`."""

from __future__ import annotations

from labelfeed.options import TrainingOptions
from labelfeed.options.prior_adjusted import PriorAdjustedOptions
from labelfeed.options.underneath import underneath


def test_a_table_is_blended_unless_a_network_is_described() -> None:
    asked = TrainingOptions("prior-adjusted", deploy_prior=0.02)
    options = asked.of(asked.strategy)
    assert isinstance(options, PriorAdjustedOptions) and options.deploy_prior == 0.02
    assert underneath(options) == "auto" and options.blanked() is None
    assert underneath(PriorAdjustedOptions(width=8)) == "network"
