"""The options of `plain`."""

from __future__ import annotations

import dataclasses

from labelfeed.options import StrategyOptions, TrainingOptions
from labelfeed.options.plain import PlainOptions


def test_it_takes_what_every_strategy_takes_and_a_plain_model():
    own, every = (
        {f.name for f in dataclasses.fields(made)} for made in (PlainOptions, StrategyOptions)
    )
    assert own - every == {"plain", "members"}
    assert TrainingOptions("plain", width=3).of("plain") == PlainOptions(width=3)


def test_what_goes_to_the_recipe_is_the_network_and_adamw():
    shared = PlainOptions(width=3, seed=5).shared()
    assert shared["width"] == 3
    assert shared["learning_rate"] == PlainOptions.learning_rate
    assert not shared.keys() & {"seed", "epochs", "batch_size"}
