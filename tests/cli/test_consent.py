"""A run of somebody else: his code, his files, and how much they may take."""

from __future__ import annotations

import sys
import textwrap

import keras
import pandas as pd

from tests._rows import table, write_csv, write_images
from tests.cli.test_main import QUICK, fails, works


def test_own_network(tmp_path, monkeypatch):
    csv = write_csv(tmp_path / "rows.csv")
    (tmp_path / "labelfeed_own_net.py").write_text(
        textwrap.dedent("""
            import keras, labelfeed
            from labelfeed.layers import LabelEmbedding

            def build(shape, spec):
                x, y = keras.Input(shape), labelfeed.LabelInput(spec)
                h = Doubled()(LabelEmbedding(4, spec)([x, y]))
                return keras.Model([x, y], keras.layers.Dense(2, activation="softmax")(h))

            @keras.saving.register_keras_serializable(package="own")
            class Doubled(keras.layers.Layer):
                def call(self, x):
                    return 2 * x
        """)
    )
    monkeypatch.chdir(tmp_path)
    before = list(sys.path)
    works("train", csv, "--target", "class", "--network", "labelfeed_own_net:build", "--out",
          "run", *QUICK, "--drop", "cough", "--drop", "fever")  # fmt: skip
    assert sys.path == before
    forget_own_net(monkeypatch)
    error = fails("predict", "run", csv, "--out", "p.csv")
    assert "imported only when you say so: --network labelfeed_own_net:build, or --trust" in error
    other = ("--network", "os:system")
    assert "names the network 'labelfeed_own_net:build', not 'os:system'" in fails(
        "predict", "run", csv, "--out", "p.csv", *other
    )
    assert "labelfeed_own_net" not in sys.modules
    works("predict", "run", csv, "--out", "p.csv", "--network", "labelfeed_own_net:build")
    for command in (("evaluate",), ("audit",), ("embed", "--out", "e.csv")):
        forget_own_net(monkeypatch)
        fails(command[0], "run", csv, *command[1:], "--quiet")
        works(command[0], "run", csv, *command[1:], "--trust")
    assert sys.path == before
    error = fails("train", csv, "--target", "class", "--network", "labelfeed_own_net:nope",
                  "--out", "run2", "--quiet")  # fmt: skip
    assert "has no function 'nope'" in error


def forget_own_net(monkeypatch) -> None:
    """Make this process one that has not imported the user's module."""
    monkeypatch.delitem(sys.modules, "labelfeed_own_net")
    keras.saving.get_custom_objects().pop("own>Doubled")


def test_what_files_may_unpack_to_is_an_option(tmp_path):
    csv = write_csv(tmp_path / "rows.csv.gz")
    train = ("train", csv, "--target", "class", "--out", tmp_path / "run", *QUICK)
    assert "unpacked it takes more than 1.0 kB" in fails(
        *train, "--max-bytes", "1000", "--no-stream"
    )
    pictures = write_images(tmp_path / "pictures")
    train = ("train", pictures, "--out", tmp_path / "run2", "--image-size", "8", *QUICK)
    assert "12 x 10 pixels, and 99 are allowed" in fails(*train, "--max-pixels", "99", "--quiet")
    assert "take 4.8 kB" in fails(*train, "--max-bytes", "4799", "--quiet", "--no-stream")
    works(*train, "--max-pixels", "120", "--quiet")


def test_names_of_a_stranger_act_nowhere(tmp_path):
    rows = table()
    rows["id"] = ["=1+2", "\x1b[2J", *rows["id"][2:]]
    rows["class"] = rows["class"].replace({"ill": "@ill", "well": "\x1b[31m[red]well[/red]"})
    csv = tmp_path / "rows.csv"
    rows.to_csv(csv, index=False)
    run, out = tmp_path / "run", tmp_path / "p.csv"
    drop = ("--drop", "cough", "--drop", "fever", "--id-column", "id")
    shown = works("train", csv, "--target", "class", "--out", run, *QUICK, *drop).output
    shown += works("evaluate", run, csv).output + works("evaluate", run, csv, "--json").output
    shown += works("predict", run, csv, "--out", out).output
    assert pd.read_csv(out)["id"][0] == "=1+2"  # as it is, unless asked otherwise
    shown += works("predict", run, csv, "--out", out, "--overwrite", "--plain-cells").output
    made = pd.read_csv(out)
    assert made["id"][0] == "'=1+2" and set(made["predicted"]) <= {
        "'@ill",
        "\x1b[31m[red]well[/red]",
    }
    assert "\x1b" not in shown
