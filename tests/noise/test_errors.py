from __future__ import annotations

from labelfeed.noise import NoiseError


def test_it_is_caught_as_a_wrong_value() -> None:
    assert issubclass(NoiseError, ValueError)
