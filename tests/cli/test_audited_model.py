"""Models of a user's own on the command line: files, functions, and what is wrong with them."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.audit import run_audit
from labelfeed.cli.audited_model import audited_rows, is_own_model, named_code, own_model
from labelfeed.data.dataset import DataError

pytestmark = pytest.mark.only_backend("torch")
RNG = np.random.default_rng(0)
CODE = """
import numpy as np

def copies(rows, label):
    assert list(rows.columns) == ["dose", "town"] and rows["dose"].dtype == float
    return np.eye(2)[label]

def fair(rows, label):
    dose = rows["dose"].to_numpy()[:, None] + (rows["town"] == "x").to_numpy()[:, None]
    return np.hstack([-dose, dose]) + 1e-3 * np.eye(2)[label]

def build():
    return copies

def train(x, y):
    return copies

def fails(rows, label):
    return 1 / 0

number = 3
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A table, the code, and a file of Keras's."""
    monkeypatch.chdir(tmp_path)
    rows = pd.DataFrame({"dose": RNG.normal(size=80), "town": RNG.choice(list("xyz"), 80)})
    rows["ill"] = np.where(RNG.random(80) < 0.5, "yes", "no")
    rows.to_csv("rows.csv", index=False)
    name = f"mine_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(CODE)
    x, y = keras.Input((1,), name="features"), keras.Input((2,), name="label")
    h = keras.layers.Concatenate()([x, y])
    keras.Model([x, y], keras.layers.Dense(2, name="ill")(h)).save("model.keras")
    return name


def audited(name, **given):
    return run_audit(name, "rows.csv", target="ill", quiet=True, **given)


def test_functions_of_tables_and_builders_are_audited(folder):
    copies = audited(f"{folder}:copies")
    assert copies.verdict == "leak" and "nats, the features next to none" in str(copies)
    assert audited(f"{folder}:build").verdict == "leak"
    assert audited(f"{folder}:fair").verdict == "no leak found"
    control = audited(f"{folder}:fair", train=f"{folder}:train")
    assert [f.kind for f in control.findings] == ["random labels learned"]


def test_training_rows_of_another_file_are_compared(folder, capsys):
    result = audited(f"{folder}:fair", trained_on="rows.csv", as_json=True)
    assert [f.kind for f in result.findings] == ["shared rows"]
    assert '"mend": "put equal rows on one side' in capsys.readouterr().out


def test_a_file_of_keras_takes_numbers_in_the_order_of_the_columns(folder):
    result = audited("model.keras", drop=("town",))
    assert (result.subject, result.rows) == ("two-input model", 80)
    with pytest.raises(DataError, match="column 'town' holds words: --drop it, or name a function"):
        audited("model.keras")
    assert audited_rows(own_model("model.keras"), "rows.csv", target="ill").spec.names == (
        "no", "yes",
    )  # fmt: skip


def test_what_cannot_be_read_is_named(folder, tmp_path):
    for name, said in (
        (f"{folder}:nosuch", "has no 'nosuch'"),
        (f"{folder}:number", "expected a function, got int"),
        ("no_such_module:f", "cannot be imported"),
        ("nosuch.keras", "there is no such file"),
        ("nosuch", "no run folder, no .keras file, and no MODULE:FUNCTION"),
    ):
        with pytest.raises(DataError, match=said):
            run_audit(name, "rows.csv", quiet=True, **({"target": "ill"} if ":" in name else {}))
    (tmp_path / "broken.keras").write_bytes(b"PK")
    with pytest.raises(DataError, match="Keras cannot load it"):
        audited("broken.keras")
    with pytest.raises(DataError, match="expected MODULE:FUNCTION"):
        named_code("train")
    with pytest.raises(DataError, match="--target is for a"):
        audited(str(tmp_path))
    with pytest.raises(DataError, match="--rows held-out is for a run"):
        audited(f"{folder}:fair", rows="held-out")
    with pytest.raises(DataError, match="fails failed: ZeroDivisionError: division by zero"):
        audited(f"{folder}:fails")


def test_a_folder_is_a_run_whatever_it_is_called(tmp_path):
    assert is_own_model("a.b:build") and is_own_model("x/m.keras")
    assert not is_own_model("C:/runs/one") and not is_own_model("run")
    (tmp_path / "m.keras").mkdir()
    assert not is_own_model(str(tmp_path / "m.keras"))
