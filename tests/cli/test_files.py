"""The data files of a command."""

from __future__ import annotations

from pathlib import Path

import click
from click.testing import CliRunner

from labelfeed.cli.data_commands import DATA_COMMANDS
from labelfeed.cli.files import data_argument, first_of, is_npz, is_table, shown


def test_one_file_is_a_text_and_several_are_a_tuple() -> None:
    @click.command()
    @data_argument()
    def command(data: str | tuple[str, ...]) -> None:
        click.echo(repr(data))

    assert CliRunner().invoke(command, ["a.csv"]).output == "'a.csv'\n"
    assert CliRunner().invoke(command, ["a.csv", "b.csv"]).output == "('a.csv', 'b.csv')\n"
    assert CliRunner().invoke(command, []).exit_code == 2


def test_what_several_files_are(tmp_path: Path) -> None:
    assert is_table(("a", "b")) and not is_npz(("a.npz", "b.npz")) and is_npz("A.NPZ")
    assert not is_table("there-is-none.csv") and first_of(("a", "b")) == "a"
    assert shown(("a", "b")) == "2 files"


def test_check_reads_several_files_as_one(tmp_path: Path) -> None:
    for name in "ab":
        rows = "".join(f"{i * 1.5 + ord(name)},{'no' if i % 2 else 'yes'}\n" for i in range(20))
        (tmp_path / f"{name}.csv").write_text("x,ill\n" + rows)
    check = next(command for command in DATA_COMMANDS if command.name == "check")
    told = CliRunner().invoke(check, [str(tmp_path / "*.csv"), "--target", "ill"])
    assert told.exit_code == 0 and "40 rows" in told.output
