"""Twin of labelfeed/layers/film.py."""

from __future__ import annotations

from labelfeed.layers import FiLM
from tests.layers._modulation import check


def test_film() -> None:
    check(FiLM, lambda layer, x, v: x * (1 + v[0]) + v[1], lambda layer, x: x)
