from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from labelfeed.cli.main import main
from tests._rows import write_csv

# What is refused before a backend computes anything is the same on each.
pytestmark = pytest.mark.only_backend("torch")


def call(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (None, ["--target", "y"], "no such file"),
        ("", ["--target", "y"], "the file is empty"),
        ("x,y\n", ["--target", "y"], "no data row"),
        ("x,x,y\n1,2,a\n1,2,b\n", ["--target", "y"], "stands in the header twice"),
        ("x,Class\n1,a\n2,b\n", ["--target", "clas"], "Did you mean 'Class'?"),
        ("x,y\n1,a\n2,a\n3,a\n", ["--target", "y"], "only one class"),
        ("x,y\n1,\n2,\n3,\n", ["--target", "y"], "missing in every row"),
        ("x,y\n1,a\n2,b\n", ["--target", "y"], "a split needs at least 3"),
        ("x,y\n1,a\n2,b\ninf,a\n4,b\n", ["--target", "y", "--test-share", "0",
         "--validation-share", "0"], "row 3, column 'x'"),
        ("x,y,z\n1,1,1\n2,0,maybe\n", ["--target", "y", "--label", "z"],
         "Row 2, column 'z': got 'maybe'"),
        ("x,y\n1,a\n2,b\n", [], "--target COL"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--hidden-rate", "2"], "--hidden-rate"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--epochs", "0"], "--epochs"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--strategy", "plain", "--no-side-offset"],
         "--side-offset belongs to the strategy 'side-label', not to 'plain'"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--head", "cosface"],
         "--head belongs to the strategy 'margin', not to 'plain', what 'auto' takes here"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--nonsense"], "--nonsense"),
        ("x,y\n1,a\n2,b\n3,a\n4,b\n", ["--target", "y", "--activation", "rellu"], "'rellu'"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--training-only", "z"], "no column 'z'"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--training-only", "x,y"], "name it once"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--training-only", "x"], "no feature column"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--tree", "none.csv"], "none.csv: cannot be read"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--training-only", "x", "--annotators", "x,y"],
         "--annotators does not go with --training-only"),
    ],
)  # fmt: skip
def test_bad_training_data_exit_with_2(tmp_path, content, options, message):
    if content is not None:
        (tmp_path / "rows.csv").write_text(content)
    result = call("train", tmp_path / "rows.csv", "--out", tmp_path / "run", *options, "--quiet")
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert result.stderr.count("Error") == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--target", "class"), "--out FILE"),
        (("--out", "x.csv"), "--target COL"),
        (("--target", "class", "--review", "x.html", "--decisions", "d.json"), "--out FILE"),
        (("--target", "clas", "--out", "x.csv"), "Did you mean 'class'"),
        (("--target", "class", "--out", "x.csv", "--decisions", "none.json"), "cannot be read"),
    ],
)
def test_what_clean_lacks_is_told(words, what, tmp_path, monkeypatch):
    csv = write_csv(tmp_path / "rows.csv")
    monkeypatch.chdir(tmp_path)
    result = call("clean", csv, *words)
    assert result.exit_code == 2 and what in result.stderr
    assert list(tmp_path.iterdir()) == [csv]
