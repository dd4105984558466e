"""Peers of other packages: made with their weights, or left out with the reason."""

from __future__ import annotations

import argparse
import types
from pathlib import Path

import pytest

from benchmarks import outside_peers
from benchmarks.outside_peers import OUTSIDE, Outside, add_weights, made, why_not


def test_left_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OUTSIDE, "one", Outside("no_such_package", OUTSIDE["tabm"].make))
    monkeypatch.setitem(OUTSIDE, "two", Outside("numpy", OUTSIDE["tabicl"].make, weights=True))
    assert why_not("one", {}) == "one: left out, no_such_package is not installed"
    assert "--weights two=FILE" in str(why_not("two", {}))
    assert why_not("two", {"two": Path("w")}) is None


def test_weights_are_files_of_peers_that_need_them(tmp_path, capsys) -> None:
    parser = argparse.ArgumentParser()
    add_weights(parser)
    file = tmp_path / "w=1.ckpt"
    file.touch()
    found = parser.parse_args(["--weights", f"tabicl={file}"]).weights
    assert dict(found) == {"tabicl": file}
    for wrong in ("tabicl", "tabicl=nowhere", f"tabm={file}"):
        with pytest.raises(SystemExit):
            parser.parse_args(["--weights", wrong])
        assert "a name of tabicl, tabpfn" in capsys.readouterr().err


def test_the_file_reaches_the_classifier_and_nothing_is_downloaded(monkeypatch) -> None:
    asked: dict[str, object] = {}
    room = types.SimpleNamespace(TabICLClassifier=lambda **given: asked.update(given))
    monkeypatch.setattr(outside_peers.importlib, "import_module", {"tabicl": room}.__getitem__)
    made("tabicl", 3, {"tabicl": Path("w.ckpt")})
    assert asked["model_path"] == "w.ckpt" and asked["allow_auto_download"] is False
    assert asked["random_state"] == 3
