"""`labelfeed train --strategy generate`, and what the run refuses."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from labelfeed.cli.main import main
from labelfeed.runs.generator_folder import load_generator
from tests._rows import write_csv

FEW = (
    "--strategy",
    "generate",
    "--width",
    "8",
    "--depth",
    "1",
    "--epochs",
    "1",
    "--validation-share",
    "0",
)


def run_command(*words) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    path = write_csv(folder / "rows.csv")
    code, said = run_command(
        "train", path, "--target", "class", "--label", "cough", "--side", "fever",
        "--id-column", "id", *FEW, "--out", folder / "gen",
    )  # fmt: skip
    assert code == 0, said
    return folder, said


def test_it_says_in_a_line_what_was_done_and_keeps_it(trained):
    folder, said = trained
    assert "ids, made anew: 'id'" in said
    assert "rows of 7 columns, 1 epochs" in said and "held out; saved in" in said
    card = (folder / "gen" / "card.md").read_text()
    assert "# Generator: gen" in card and "How it was made" in card


def test_files_of_a_pattern_are_one_table(trained, tmp_path):
    folder, _ = trained
    head, *lines = (folder / "rows.csv").read_text().splitlines(keepends=True)
    for name, part in (("a", lines[:50]), ("b", lines[50:])):
        (tmp_path / f"{name}.csv").write_text("".join([head, *part]))
    words = ("--target", "class", "--id-column", "id", *FEW, "--out")
    for place, named in (("one", ["*.csv"]), ("two", ["a.csv", "b.csv"])):
        files = [tmp_path / name for name in named]
        code, said = run_command("train", *files, *words, tmp_path / place)
        assert code == 0 and "rows of 7 columns" in said, said
    one, two = (load_generator(tmp_path / place) for place in ("one", "two"))
    assert one.codec.columns == two.codec.columns and two.data["path"] == list(map(str, files))


@pytest.mark.parametrize(
    "words",
    [("predict", "{gen}", "{rows}", "--out", "{out}"),
     ("ask", "{gen}", "{rows}", "--about", "class"),
     ("report", "{gen}", "--out", "{out}.html")],
)  # fmt: skip
def test_a_generator_is_no_classifier(trained, words, tmp_path):
    folder, _ = trained
    places = {"gen": folder / "gen", "rows": folder / "rows.csv", "out": tmp_path / "o.csv"}
    code, said = run_command(*(word.format(**places) for word in words))
    assert code == 2 and "is a generator" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--by", "age"), "--by does not go with --strategy generate"),
        (("--head", "cosface"), "--head belongs to"),
        (("--training-only", "age"), "--training-only has no meaning"),
    ],
)
def test_what_has_no_meaning_is_refused(trained, words, message, tmp_path):
    folder, _ = trained
    code, said = run_command(
        "train", folder / "rows.csv", "--target", "class", *FEW, *words, "--out", tmp_path / "x"
    )
    assert code == 2 and message in said
