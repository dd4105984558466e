"""Tables for the terminal and for a page."""

from __future__ import annotations

import io

import numpy as np
import pytest
import rich.console
from scipy import stats

from labelfeed.report.tables import (
    Table,
    figure,
    print_table,
    table_html,
    table_markdown,
    table_text,
    with_interval,
)

TABLE = Table(
    "Scores", ("model", "AUC"), (("plain <b>", ".90"), ("[red]|ours", ".95")), "A [note].", (1,)
)


@pytest.mark.parametrize("count", [2, 3, 5, 20])
def test_the_interval_is_students(count: int) -> None:
    values = np.random.default_rng(count).normal(5, 2, count)
    low, high = stats.t.interval(0.95, count - 1, values.mean(), stats.sem(values))
    mean, half = with_interval(values, 4).split(" ± ")
    assert float(mean) == pytest.approx(values.mean(), abs=1e-4)
    assert float(half) == pytest.approx((high - low) / 2, abs=1e-4)


def test_one_seed_has_no_interval() -> None:
    assert with_interval([0.5]) == ".500"
    assert with_interval([-0.25], 2) == "-.25"
    assert with_interval([1.0]) == "1.000"


def test_a_row_needs_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Table("t", ("a", "b"), (("x",),))


def test_html_is_escaped_and_marks_rows() -> None:
    text = table_html(TABLE)
    assert "plain &lt;b&gt;" in text and "<b>" not in text
    assert text.count("<tr class=strong>") == 1
    assert "A [note]." in text


def test_each_cell_of_a_wide_table_names_its_column() -> None:
    text = table_html(Table("t", ("a", 'b"', "c", "d"), (("1", "2", "3", "4"),)))
    assert '<td data-of="b&quot;">2</td>' in text and "<table class=wide>" in text
    assert "data-of" not in table_html(TABLE)


def test_terminal_shows_every_cell() -> None:
    stream = io.StringIO()
    print_table(TABLE, rich.console.Console(file=stream, width=60))
    for cell in ("Scores", "plain <b>", "[red]|ours", ".95", "A [note]."):
        assert cell in stream.getvalue()


def test_text_is_aligned_and_never_cut() -> None:
    wide = Table("Scores", ("model", "AUC"), (("x" * 500, ".9"), ("[b]", "-")), "Line one.\nTwo.")
    lines = table_text(wide).splitlines()
    assert lines[0] == "model".ljust(500) + "  AUC"
    assert lines[1] == "x" * 500 + "   .9"
    assert lines[2] == "[b]".ljust(500) + "    -"
    assert lines[3:] == ["Line one.", "Two."]


def test_names_do_not_act_on_a_terminal() -> None:
    name = "\x1b[2J[red]x[/red]\u202e"
    table = Table(name, (name,), ((name,),), name)
    stream = io.StringIO()
    print_table(table, rich.console.Console(file=stream, width=200))
    for text in (stream.getvalue(), table_text(table)):
        assert not set("\x1b\u202e") & set(text)
        assert "\\x1b[2J[red]x[/red]\\u202e" in text


def test_markdown_has_a_rule_and_escapes_bars() -> None:
    assert table_markdown(TABLE).splitlines() == [
        "**Scores**",
        "",
        "| model       | AUC |",
        "| ----------- | --- |",
        "| plain <b>   | .90 |",
        "| [red]\\|ours | .95 |",
        "",
        "A [note].",
    ]


def test_every_renderer_shows_every_cell() -> None:
    for shown in (table_text(TABLE), table_markdown(TABLE), table_html(TABLE)):
        for cell in ("plain", ".90", "ours", ".95", "A [note]."):
            assert cell in shown


def test_figures_have_three_decimals() -> None:
    assert [figure(v) for v in (0.12345, 1.0, None, float("nan"))] == ["0.123", "1.000", "-", "-"]
