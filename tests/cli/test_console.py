from __future__ import annotations

import io
import json
import sys

from labelfeed.cli import console
from labelfeed.cli.console import note, phase_bars, print_json, progress, say, tell_leftovers


def test_plain_progress_has_few_lines_and_no_control_characters(capsys):
    with progress("train", 200) as step:
        for i in range(1, 201):
            step(i, f"loss {i}")
    got = capsys.readouterr()
    assert got.out == ""
    lines = got.err.splitlines()
    assert len(lines) == 10
    assert lines[-1] == "train 200/200 loss 200"
    assert not any(ord(c) < 32 for c in got.err.replace("\n", ""))


def test_a_terminal_gets_a_bar(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress("train [x]", 3) as step:
        step(2, "loss [0.5]")
    assert "train [x]" in terminal.getvalue()


def test_quiet(capsys):
    with progress("train", 2, quiet=True) as step:
        step(2)
    note("hello", quiet=True)
    assert capsys.readouterr() == ("", "")


def test_output_goes_where_it_belongs(capsys):
    note("careful")
    print_json({"größe": 1.5, "none": None})
    got = capsys.readouterr()
    assert got.err == "note: careful\n"
    assert json.loads(got.out) == {"größe": 1.5, "none": None}


def test_names_do_not_act_on_a_terminal(capsys):
    name = "\x1b[2J\x9b1m\u202e"
    say(f"a {name}\nb")
    note(f"{name}\nnote: NO LEAK FOUND")
    print_json({name: [name]})
    got = capsys.readouterr()
    assert not set("\x1b\x9b\u202e") & set(got.out + got.err)
    assert got.out.startswith("a \\x1b[2J\\x9b1m\\u202e\nb\n{")
    assert got.err == "note: \\x1b[2J\\x9b1m\\u202e\\nnote: NO LEAK FOUND\n"
    assert json.loads(got.out[got.out.index("{") :]) == {name: [name]}


def test_each_phase_has_a_bar_of_its_own(capsys):
    with phase_bars("train", 2, 10) as bars:
        bars.phase(1)
        bars.step(1)
        bars.step(2, "loss 0.5")  # stops early
        bars.phase(2)
        bars.step(3)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "train, phase 1 of 2, 1/10",
        "train, phase 1 of 2, 2/10 loss 0.5",
        "train, phase 2 of 2, 1/10",
    ]
    with phase_bars("train", 1, 10) as bars:
        bars.phase(1)
        bars.step(1)
    with phase_bars("train", 2, 10, quiet=True) as bars:
        bars.phase(1)
        bars.step(1)
    assert capsys.readouterr().err == "train 1/10\n"


def test_what_a_kill_left_is_named_with_how_to_remove_it(tmp_path, capsys):
    tell_leftovers([tmp_path / "my draft"])
    assert f"(rm -r '{tmp_path / 'my draft'}')" in capsys.readouterr().err
    tell_leftovers([tmp_path], quiet=True)
    assert capsys.readouterr().err == ""


def test_work_before_the_phases_has_steps_of_its_own(capsys):
    with phase_bars("train", 1, 2) as bars:
        step = bars.before("judge labels")
        for done in range(3):
            step(done, 2)
        bars.phase(1)
        bars.step(1)
    assert capsys.readouterr().err.splitlines() == [
        "judge labels 1/2", "judge labels 2/2", "train 1/2",
    ]  # fmt: skip


def test_rows_that_nobody_has_counted_are_told_now_and_then(capsys, monkeypatch):
    with console.reading_rows(quiet=False) as on_rows:
        on_rows(1000)
        monkeypatch.setattr(console, "_PLAIN_SECONDS", -1.0)
        on_rows(2000)
    assert capsys.readouterr().err == "read 2,000 rows\n"
    with console.reading_images(quiet=False) as on_image:
        for done in range(1, 4):
            on_image(done, 3)
    assert capsys.readouterr().err == "read images 1/3\nread images 2/3\nread images 3/3\n"
