"""The example runs on its own, smaller, and shows what its text says."""

from __future__ import annotations

import pytest
from PIL import Image

from examples import image_findings


@pytest.mark.only_backend("torch")  # what it shows is tested on every backend elsewhere
def test_known_findings_tell_the_others(tmp_path, capsys) -> None:
    figures = image_findings.main(rows=600, epochs=8, out=tmp_path)
    assert figures["0.0"] == figures["0.0 alone"]
    assert figures["0.5"] > figures["0.5 alone"] + 0.02
    assert figures["fluid, mass known"] > figures["fluid"] + 0.1
    assert "What to confirm next about fluid?\n  mass" in capsys.readouterr().out
    for name in ("image_findings.png", "information.png"):
        assert min(Image.open(tmp_path / name).size) > 200
