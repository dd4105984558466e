"""The leak benchmark on a small set."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from benchmarks import leak
from benchmarks.__main__ import main


@pytest.mark.only_backend("torch")  # what it measures is tested on every backend elsewhere
def test_measure_shows_the_leak() -> None:
    keras.utils.clear_session()
    x, y = leak.read_sets(None)["digits"]
    run = leak.measure(x, y, seed=0, epochs=8)
    assert run["naive, true label"] > run["plain"]
    assert run["naive, wrong label"] < run["naive, true label"] - 0.03
    assert (run["plain audit"], run["naive audit"]) == ("label not read", "leak")
    assert run["masked audit"] != "leak"
    assert (run["train"], run["test"]) == (1198, 599)


@pytest.mark.only_backend("torch")  # what it measures is tested on every backend elsewhere
def test_command_prints_a_table_and_says_what_it_ran_on(capsys, tmp_path: Path) -> None:
    out = tmp_path / "leak.json"
    assert main(["leak", "--seeds", "2", "--epochs", "2", "--json", str(out)]) == 0
    printed = capsys.readouterr()
    assert "letter-recognition.data" in printed.err
    assert "1198 training rows of 1797" in printed.out
    assert "| naive, unknown" in printed.out
    assert len(json.loads(out.read_text())["sets"]["digits"]) == 2


def test_files_are_read(tmp_path: Path) -> None:
    rows = ["Letter," + ",".join(map(str, range(1, 17)))]
    rows += [chr(65 + i) + ",15" + ",0" * 15 for i in range(26)]
    (tmp_path / "letter-recognition.data").write_text("\n".join(rows))
    pixels = bytes(16) + bytes([255]) * (2 * 784)
    (tmp_path / "notmnist-images-idx3-ubyte.gz").write_bytes(gzip.compress(pixels))
    (tmp_path / "notmnist-labels-idx1-ubyte.gz").write_bytes(gzip.compress(bytes(8) + b"\x03\x09"))
    sets = leak.read_sets(tmp_path)
    x, y = sets["letter"]
    assert (x.shape, x.max(), y.tolist()) == ((26, 16), 1.0, list(range(26)))
    x, y = sets["notMNIST"]
    assert (x.shape, x.min(), y.tolist()) == ((2, 784), 1.0, [3, 9])
    assert np.issubdtype(y.dtype, np.integer)
