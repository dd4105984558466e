"""The bar of the sampler."""

from __future__ import annotations

import pytest

from labelfeed.generate.progress import steps_shown


def test_nothing_is_written_unless_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(steps_shown(range(3), 3, "auto")) == [0, 1, 2]
    assert list(steps_shown(range(3), 3, 0)) == [0, 1, 2]
    assert capsys.readouterr().err == ""
    assert list(steps_shown(range(3), 3, 1)) == [0, 1, 2]
    assert "sample" in capsys.readouterr().err


def test_another_verbosity_is_refused() -> None:
    with pytest.raises(ValueError, match="verbose"):
        list(steps_shown(range(3), 3, "loud"))
