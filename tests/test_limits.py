from __future__ import annotations

import pytest

from labelfeed import limits as module
from labelfeed.limits import PIXELS, allowed_bytes, allowed_pixels, bounded, limits, memory


def test_limits_hold_inside_and_nest():
    assert allowed_pixels() == PIXELS
    with limits(max_pixels=5, max_bytes=7):
        assert (allowed_pixels(), allowed_bytes(0.5)) == (5, 7)
        with limits(max_bytes=9):
            assert (allowed_pixels(), allowed_bytes(0.5)) == (5, 9)
        assert allowed_bytes(0.5) == 7
    assert allowed_pixels() == PIXELS and allowed_bytes(0.5) == memory() // 2


def test_limits_end_with_an_error():
    with pytest.raises(KeyError), limits(max_pixels=5):
        raise KeyError
    assert allowed_pixels() == PIXELS


def test_a_limit_below_1_is_refused():
    with pytest.raises(ValueError, match="max_bytes must be at least 1, got 0"), limits(None, 0):
        pass


@pytest.mark.parametrize(("text", "expected"), [("1048576\n", 1 << 20), ("max\n", None)])
def test_the_memory_of_a_container_counts(tmp_path, monkeypatch, text, expected):
    (tmp_path / "memory.max").write_text(text)
    monkeypatch.setattr(module, "_CGROUP", tmp_path / "memory.max")
    found = memory.__wrapped__()
    assert found == expected if expected else found > 1 << 26


def test_keywords_of_a_reader_are_limits():
    @bounded
    def reader(path, *, max_pixels=None, max_bytes=None):
        return path, allowed_pixels(), allowed_bytes(1)

    assert reader("a", max_pixels=3) == ("a", 3, memory())
    assert reader("a", max_bytes=4) == ("a", PIXELS, 4)
