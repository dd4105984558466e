"""The side-label benchmark on a small set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import side
from benchmarks.__main__ import main


@pytest.mark.only_backend("torch")  # what it measures is tested on every backend elsewhere
def test_the_table_has_every_state_of_the_side_label(
    capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "side.json"
    monkeypatch.setattr(side, "TEST", 200)
    given = ["--seeds", "2", "--epochs", "1", "--rows", "128", "--way", "concat", "Bayes offset"]
    assert main(["side", *given, "--json", str(out)]) == 0
    printed = capsys.readouterr()
    assert "digits, rotated (2 paired seeds, at most 128 training rows)" in printed.out
    assert "| plain x Bayes product, counts" in printed.out
    assert "hard" not in printed.out  # a rotation is no function of the digit
    runs = json.loads(out.read_text())["tasks"]["digits, rotated"]
    assert len(runs) == 2 and set(runs[0]) >= {"plain", "concat", "Bayes offset"}
    assert set(runs[0]["concat"]) == {"known", "wrong", "unknown"}


@pytest.mark.only_backend("jax")  # Torch's dropout draws once more before its first step
def test_a_model_compiled_once_starts_anew_with_each_seed() -> None:
    from labelfeed import LabelSpec

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(128, 4)).astype("float32"), rng.integers(0, 3, 128)
    specs = LabelSpec.single(3), LabelSpec.single(2)

    def trained(model: Any, seed: int) -> Any:
        model = side._fresh(model, "AdaLNZero, robust", 4, *specs, y, y % 2, seed)
        # Not shuffled: the order of the rows depends on what else this process has done.
        model.fit([x, (y % 2).astype("int32")], y, batch_size=64, verbose=0, shuffle=False)
        return model

    first = trained(None, 0)
    before = first.get_weights()
    again = trained(first, 1)
    assert again is first
    other = trained(None, 1)
    for a, b in zip(again.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    assert any(np.any(a != b) for a, b in zip(again.get_weights(), before, strict=True))


def test_masks_are_for_coarse_labels_and_a_wrong_one_hurts_a_hard_mask_most() -> None:
    def make(seed: int) -> tuple[np.ndarray, ...]:
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 4, 900)
        x = np.eye(4)[y] + rng.normal(size=(900, 4)) / 3
        return x.astype("float32"), y, y // 2

    (found,) = side.measure(make, [0], 10, 512, [])
    hard, soft = (found[f"plain x Bayes product, {mode}"] for mode in ("hard", "soft"))
    assert hard["known"] >= found["plain"]["known"] == hard["unknown"]
    assert hard["wrong"] < soft["wrong"]


def test_every_way_builds() -> None:
    from labelfeed import BayesProduct, LabelSpec

    spec = LabelSpec.single(4, name="side")
    product = BayesProduct(LabelSpec.single(3), spec).fit([0, 1, 2], [[0, 1, 2]])
    label = np.array([0, 1, 2, 3, -1], "int32")
    for way in side.WAYS:
        built = side.network(way, 6, 3, spec, product)
        assert built.predict([np.ones((5, 6)), label], verbose=0).shape == (5, 3)


def test_images_are_turned_by_what_the_label_says() -> None:
    x = np.arange(18, dtype="float32").reshape(2, 9)
    turned, _, turns = side._rotated(x, np.zeros(2), 3, seed=0)
    for image, given, turn in zip(turned, x, turns, strict=True):
        np.testing.assert_array_equal(image.reshape(3, 3), np.rot90(given.reshape(3, 3), turn))


@pytest.mark.parametrize("next_one", [False, True])
def test_wrong_labels_are_as_many_as_asked_for(next_one: bool) -> None:
    ids = np.random.default_rng(0).integers(0, 5, 5000)
    found = side._wrong(ids, 5, 0.4, 0, next_one=next_one)
    assert abs((found != ids).mean() - 0.4) < 0.03
    assert len(np.unique((found - ids) % 5)) == (2 if next_one else 5)
