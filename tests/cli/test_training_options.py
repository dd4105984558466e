"""The options of `labelfeed train`: what help says of them, and that each strategy's are there."""

from __future__ import annotations

import dataclasses

import click
import pytest
from click.testing import CliRunner

from labelfeed.cli.training_options import TRAINING, defaults_text
from labelfeed.options import (
    CONDITIONINGS,
    HEADS,
    NOISE_METHODS,
    OPTIONS,
    SIDE_LAYERS,
    STRATEGIES,
    owners,
)


@click.command()
@TRAINING
def show(**given: object) -> None:
    click.echo({k: v for k, v in sorted(given.items(), reverse=True) if v is not None})


PARAMS = {param.name: param for param in show.params}


def test_there_is_an_option_for_each_of_the_strategies():
    every = {field.name for made in OPTIONS.values() for field in dataclasses.fields(made)}
    assert set(PARAMS) == {"strategy", *every}


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("strategy", STRATEGIES),
        ("conditioning", CONDITIONINGS),
        ("head", tuple(HEADS)),
        ("noise_method", NOISE_METHODS),
        ("side_layer", ("auto", *SIDE_LAYERS)),
    ],
)
def test_choices_are_those_of_the_options(name, choices):
    assert tuple(PARAMS[name].type.choices) == choices


def test_help_names_the_strategies_and_their_defaults():
    for name, param in PARAMS.items():
        if name == "strategy":
            continue
        said = param.help or ""
        having = owners(name)
        assert ("Only " in said) == (len(having) < len(OPTIONS))
        values = {f.default for s in having for f in dataclasses.fields(OPTIONS[s])
                  if f.name == name and f.default not in (None, True)}  # fmt: skip
        assert all(str(value) in said for value in values), (name, said)
    assert defaults_text("seed") == "[0]"
    assert defaults_text("network") == "Only masked."
    assert defaults_text("side_offset") == "Only side-label. [yes]"
    differ = defaults_text("learning_rate")
    assert differ == "[0.002 for partial-labels, generate; 0.005 for neighbour-labels; else 0.001]"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([], "{'strategy': 'auto'}"),
        (["--no-side-offset"], "{'strategy': 'auto', 'side_offset': False}"),
        (["--side-offset"], "{'strategy': 'auto', 'side_offset': True}"),
        (["--hidden-rate", "uniform"], "{'strategy': 'auto', 'hidden_rate': 'uniform'}"),
        (["--hidden-rate", ".25"], "{'strategy': 'auto', 'hidden_rate': 0.25}"),
    ],
)
def test_what_is_not_given_is_none(given, shown):
    assert CliRunner().invoke(show, given).output.strip() == shown


@pytest.mark.parametrize("rate", ["2", "-1", "nan", "half"])
def test_a_rate_out_of_range_is_told(rate):
    result = CliRunner().invoke(show, ["--hidden-rate", rate])
    assert result.exit_code == 2 and "neither a number in [0, 1] nor 'uniform'" in result.output
