"""Each example runs on its own, with fewer epochs, and shows what its text says."""

from __future__ import annotations

import keras
import pytest
from PIL import Image

from examples import (
    generate_digits,
    label_branch,
    label_conditional_dense,
    label_embedding,
    open_set_letters,
    partial_findings,
)


@pytest.fixture(autouse=True)
def fresh_names():
    keras.utils.clear_session()


@pytest.mark.only_backend("torch")  # what it shows is tested on every backend elsewhere
def test_label_embedding(capsys) -> None:
    figures = label_embedding.main(epochs=12)
    assert figures["as written, true label"] > 0.98
    assert figures["as written, wrong label"] < figures["as written, true label"] - 0.1
    assert abs(figures["labelfeed, no label"] - figures["plain"]) < 0.05
    assert "LEAK: digit" in (printed := capsys.readouterr().out)
    assert "(LabelFedModel" in printed


@pytest.mark.only_backend("torch")  # what it shows is tested on every backend elsewhere
def test_label_conditional_dense(capsys) -> None:
    figures = label_conditional_dense.main(epochs=12)
    assert figures["as written, true label"] == figures["as written, wrong label"]
    assert figures["labelfeed, rotation known"] > figures["labelfeed, rotation wrong"] + 0.2
    assert figures["peer: turned back first"] > figures["plain, no rotation"]
    assert "LABEL NOT READ: digit" in (printed := capsys.readouterr().out)
    assert "NO LEAK FOUND: rotation" in printed


@pytest.mark.only_backend("torch")  # what it shows is tested on every backend elsewhere
def test_label_branch(capsys) -> None:
    figures = label_branch.main(epochs=40)
    assert figures["as written, true labels"] > 0.97
    assert figures["as written, all flipped"] < 0.1
    assert figures["labelfeed 75%"] > figures["plain 75%"]
    assert "LEAK: findings" in (printed := capsys.readouterr().out)
    assert "NO LEAK FOUND: findings" in printed


@pytest.mark.only_backend("torch")  # what it shows is tested on every backend elsewhere
def test_open_set_letters(capsys, tmp_path) -> None:
    figures = open_set_letters.main(epochs=6, out=tmp_path / "open-set.png")
    scores = figures["ArcFace"]
    assert scores["recall at 1"] > 0.7  # of three classes that training never met
    assert scores["class by 5 examples each"] > 0.5
    assert 0 < scores["TAR at FAR 1 %"] < 1
    assert figures["open set"]["let in"] < figures["open set"]["kept"]
    assert (tmp_path / "open-set.png").read_bytes().startswith(b"\x89PNG")
    assert "unseen: 7 8 9" in capsys.readouterr().out


@pytest.mark.only_backend("torch")  # what it shows is tested on every backend elsewhere
def test_partial_findings(tmp_path, capsys) -> None:
    figures = partial_findings.main(rows=400, epochs=6, out=tmp_path)
    assert figures["0.0"] == figures["0.0 alone"]
    assert figures["0.25"] > figures["0.25 alone"]
    assert figures["0.5"] > figures["0.5 alone"] + 0.02
    assert figures["fluid, mass known"] > figures["fluid"] + 0.1
    assert "What to confirm next about fluid?\n  mass" in capsys.readouterr().out
    for name in ("partial_findings.png", "information.png"):
        assert min(Image.open(tmp_path / name).size) > 200


@pytest.mark.only_backend("torch")  # what it shows is tested on every backend elsewhere
def test_generate_digits(tmp_path) -> None:
    figures = generate_digits.main(epochs=1, width=4, steps=2, out=tmp_path, verbose=0)
    assert set(figures) == {0.0, 1.0, 2.0, 4.0} and all(0 <= v <= 1 for v in figures.values())
    sizes = {path.name: Image.open(path).size for path in tmp_path.glob("*.png")}
    assert sizes["digits.png"] == (4 * (3 * 50 - 2 + 8), 10 * 50 - 2)
    assert sizes["between.png"] == (9 * 50 - 2, 3 * 50 - 2)
    assert sizes["unknown.png"] == (20 * 50 - 2, 50 - 2)
    assert sizes["loss.png"][0] > 300
