from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from labelfeed.cli import audit as audit_command
from labelfeed.cli.main import main

# What is refused before a backend computes anything is the same on each.
pytestmark = pytest.mark.only_backend("torch")


def call(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


def test_fail_on_leak_exits_with_1(monkeypatch):
    class Leak:
        leaks = True

    monkeypatch.setattr(audit_command, "run_audit", lambda *a, **k: Leak())
    assert call("audit", "run", "rows.csv", "--fail-on-leak").exit_code == 1
    assert call("audit", "run", "rows.csv").exit_code == 0


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--reject", "0.1"), "--reject needs --prototypes"),
        (("--prototypes", "l.csv", "--known", "class"), "--known and --prototypes exclude"),
        (("--prototypes", "l.csv", "--reject", "2"), "--reject"),
    ],
)
def test_options_of_predict_that_do_not_go_together(words, what):
    result = call("predict", "run", "rows.csv", "--out", "p.csv", *words)
    assert result.exit_code == 2 and what in result.stderr
