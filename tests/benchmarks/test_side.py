"""The side-label benchmark on a small set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import side
from benchmarks.__main__ import main


def test_a_weak_label_pays_and_the_tables_say_so(
    capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "side.json"
    monkeypatch.setattr(side, "WAYS", side.WAYS[:1])
    monkeypatch.setattr(side.measure, "__defaults__", (2, side.WAYS))
    assert main(["side", "--seeds", "2", "--epochs", "2", "--json", str(out)]) == 0
    printed = capsys.readouterr()
    assert "digits, rotated (2 paired seeds)" in printed.out
    assert "| plain x Bayes product, counts" in printed.out
    runs = json.loads(out.read_text())["tasks"]["digits, rotated"]
    assert len(runs) == 2 and set(runs[0]) >= {"plain", "concat"}


def test_every_way_builds() -> None:
    from labelfeed import LabelSpec

    spec = LabelSpec.single(4, name="side")
    for way in side.WAYS:
        built = side.network(way, 6, 3, spec)
        label = np.array([0, 1, 2, 3, 0])
        assert built.predict([np.ones((5, 6)), label], verbose=0).shape == (5, 3)


def test_images_are_turned_by_what_the_label_says() -> None:
    x = np.arange(18, dtype="float32").reshape(2, 9)
    turned, _, turns = side._rotated(x, np.zeros(2), 3, seed=0)
    for image, given, turn in zip(turned, x, turns, strict=True):
        np.testing.assert_array_equal(image.reshape(3, 3), np.rot90(given.reshape(3, 3), turn))


def test_wrong_labels_are_as_many_as_asked_for() -> None:
    ids = np.random.default_rng(0).integers(0, 5, 5000)
    assert abs((side._wrong(ids, 5, 0.4, 0) != ids).mean() - 0.4) < 0.03
