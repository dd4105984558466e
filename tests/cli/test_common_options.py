from __future__ import annotations

import click
from click.testing import CliRunner

from labelfeed.cli.common_options import options_of, split_names


def test_help_shows_shared_options_in_the_order_given():
    @click.command()
    @options_of(click.option("--first"), click.option("--second"))
    def work(first: str, second: str) -> None:
        click.echo(f"{first} {second}")

    help_text = CliRunner().invoke(work, ["--help"]).output
    assert help_text.index("--first") < help_text.index("--second") < help_text.index("--help")
    assert CliRunner().invoke(work, ["--second", "b", "--first", "a"]).output == "a b\n"


def test_names_of_a_repeatable_option():
    assert split_names(("a, b", "c", " ,d e")) == ("a", "b", "c", "d e")
    assert split_names(()) == ()
