from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from labelfeed.cli.cell_options import with_cells
from labelfeed.labels.cell_rules import CellRules


@click.command()
@with_cells
def show(cells: dict) -> None:
    click.echo(repr(CellRules(**cells).to_json()))


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        ([], {}),
        (["--missing", "NA,?", "--missing", "-1"], {"missing": ["na", "?", "-1"]}),
        (["--keep", "None", "--negative", "-1"], {"keep": ["None"], "negative": ["-1"]}),
        (["--uncertain", "soft=0.6"], {"uncertain": {"": "soft=0.6"}}),
        (
            ["--uncertain", "ignore", "--uncertain", "Lung Edema=soft=.6", "--uncertain", "b=ones"],
            {"uncertain": {"": "ignore", "Lung Edema": "soft=.6", "b": "ones"}},
        ),
        (
            ["--uncertain", "class", "--uncertain-word", "maybe,-1"],
            {"uncertain": {"": "class"}, "uncertain_words": ["maybe", "-1"]},
        ),
        (
            ["--separator", "|", "--none-word", "No Finding, really"],
            {"none_word": "No Finding, really", "separator": "|"},
        ),
    ],
)
def test_options_become_rules(options: list[str], rules: dict) -> None:
    result = CliRunner().invoke(show, options, catch_exceptions=False)
    assert result.output == f"{rules}\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--uncertain", "half"], "--uncertain 'half': expected ignore, zeros, ones, soft=P"),
        (["--uncertain-word", "maybe"], "--uncertain-word needs --uncertain HOW"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: list[str], message: str) -> None:
    result = CliRunner().invoke(show, options)
    assert result.exit_code == 2
    assert message in result.output
