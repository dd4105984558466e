from __future__ import annotations

import pytest

from labelfeed.printable import printable, printable_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb\tc\nd", "a\\rb\\tc\\nd"),
        ("evil\u202egnp.exe", "evil\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ud800", "\\ud800"),
        ("[bold]names[/bold] $x$ 日本 é ¼", "[bold]names[/bold] $x$ 日本 é ¼"),
        (3.5, "3.5"),
    ],
)
def test_what_acts_is_escaped_and_the_rest_stays(text, shown):
    assert printable(text) == shown
    assert printable(text).encode() and printable(shown) == shown


def test_lines_stay_lines():
    assert printable_lines("a\x1b\nb") == "a\\x1b\nb"
