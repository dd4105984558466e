from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from labelfeed.cli.backends import BackendError
from labelfeed.cli.exit_codes import BAD_INPUT, CRASH, INTERRUPTED, Commands


def outcome(error: BaseException, *arguments: str) -> tuple[int, str]:
    @click.group(cls=Commands)
    def group() -> None:
        pass

    @group.command()
    @click.option("--debug", is_flag=True, expose_value=False)
    def work() -> None:
        raise error

    result = CliRunner().invoke(group, ["work", *arguments])
    return result.exit_code, result.stderr.lstrip("\n")  # click ends a line that is interrupted


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (ValueError("row 3 is\nwrong"), BAD_INPUT, "Error: row 3 is wrong\n"),
        (ValueError("got \x1b[2J"), BAD_INPUT, "Error: got \\x1b[2J\n"),
        (MemoryError("Unable to allocate"), BAD_INPUT, "Error: Unable to allocate\n"),
        (MemoryError(), BAD_INPUT, "Error: there is not enough memory.\n"),
        (BackendError("none"), BAD_INPUT, "Error: none\n"),
        (OSError("disk"), BAD_INPUT, "Error: disk\n"),
        (KeyError("k"), CRASH, "Error: internal error, KeyError: 'k' (--debug shows where)\n"),
        (KeyboardInterrupt(), INTERRUPTED, "Interrupted.\n"),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_code(error, code, text):
    assert outcome(error) == (code, text)


def test_a_cell_as_long_as_a_file_does_not_fill_the_screen():
    assert len(outcome(ValueError("z" * 10**6))[1]) < 4100


def test_debug_shows_where():
    assert "Traceback" in outcome(RuntimeError("x"), "--debug")[1]
