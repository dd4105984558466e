from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest

from labelfeed.options import (
    OPTIONS,
    STRATEGIES,
    MarginOptions,
    OptionError,
    StrategyOptions,
    TrainingOptions,
    owners,
)
from tests._backends import ROOT


@pytest.mark.parametrize("strategy", OPTIONS)
def test_options_are_json_types_with_a_default_each_and_are_explained(strategy):
    made = OPTIONS[strategy]
    values = dataclasses.asdict(made())
    assert json.loads(json.dumps(values)) == values
    assert made.strategy == strategy and strategy in STRATEGIES
    for name in values:
        explained = [c for c in made.__mro__ if f"        {name}: " in (c.__doc__ or "")]
        assert len(explained) == 1, name


def test_what_is_given_replaces_the_recipes_own():
    asked = TrainingOptions(width=8, dropout=None)
    for strategy, made in OPTIONS.items():
        assert asked.of(strategy) == made(width=8)
    again = dataclasses.replace(asked, strategy="margin", head="cosface")
    assert again.of("margin") == MarginOptions(width=8, head="cosface")
    assert asked.given == {"width": 8}
    assert dataclasses.replace(again, given={}) == TrainingOptions("margin")


@pytest.mark.parametrize("strategy", OPTIONS)
def test_every_option_of_another_strategy_is_refused_and_says_whose_it_is(strategy):
    every = {f.name: f.default for made in OPTIONS.values() for f in dataclasses.fields(made)}
    foreign = [name for name in every if strategy not in owners(name)]
    assert foreign
    for name in foreign:
        value = every[name] if every[name] is not None else "a:b"
        with pytest.raises(OptionError, match=f"--{name.replace('_', '-')} belongs to") as told:
            TrainingOptions(strategy, given={name: value})
        assert all(repr(owner) in str(told.value) for owner in owners(name))
        assert f"not to {strategy!r}, the one chosen" in str(told.value)


def test_what_nobody_has_is_refused():
    with pytest.raises(OptionError, match=r"strategy must be one of 'auto', .* got 'maskd'"):
        TrainingOptions("maskd")
    with pytest.raises(TypeError, match="No strategy has an option 'widht'"):
        TrainingOptions(widht=8)
    with pytest.raises(OptionError, match="to 'plain', what 'auto' takes here"):
        TrainingOptions(head="cosface").of("plain")


def test_every_strategy_has_a_file_of_its_own_and_stands_in_the_table():
    assert ("auto", *OPTIONS) == STRATEGIES
    homes = [made.__module__ for made in OPTIONS.values()]
    assert homes == [f"labelfeed.options.{name.replace('-', '_')}" for name in OPTIONS]
    made = StrategyOptions.__subclasses__()
    made += [below for one in made for below in one.__subclasses__()]
    assert set(OPTIONS.values()) == set(made)


def test_nothing_heavy_is_imported_here():
    code = (
        "import sys, labelfeed.options\n"
        "ours = {m for m in sys.modules if m.startswith('labelfeed.')}\n"
        "heavy = {'keras', 'numpy', 'pandas', 'click'} & set(sys.modules)\n"
        "print(sorted(m for m in ours if not m.startswith('labelfeed.options')), sorted(heavy))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[] []\n"
