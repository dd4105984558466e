"""Trees as plain arrays: walked, joined, rounded."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.tree_arrays import TreeArrays, float32_below

NAN, INF = np.nan, np.inf


def stump(
    column: int, at: float, no: list[float], yes: list[float], to_left: bool = True
) -> TreeArrays:
    return TreeArrays.of_tree(
        [1, -1, -1],
        [2, -1, -1],
        [column, -2, -2],
        [at, -2, -2],
        [[9.0] * len(no), no, yes],
        num_features=2,
        missing_left=[to_left] * 3,
    )


def leaf(value: list[float]) -> TreeArrays:
    return TreeArrays.of_tree([-1], [-1], [-2], [-2], [value], num_features=2)


def test_a_row_goes_left_up_to_the_threshold_and_nan_where_it_is_sent() -> None:
    x = np.array([[0.5, 0], [np.nextafter(np.float32(0.5), 1), 0], [NAN, 0], [-INF, 0], [INF, 0]])
    assert stump(0, 0.5, [3.0], [7.0]).scores(x)[:, 0].tolist() == [3, 7, 3, 3, 7]
    assert stump(0, 0.5, [3.0], [7.0], False).scores(x)[:, 0].tolist() == [3, 7, 7, 3, 7]
    # A split on missing itself: everything that is there goes left, +inf too.
    assert stump(0, INF, [3.0], [7.0], False).scores(x)[:, 0].tolist() == [3, 3, 7, 3, 3]


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("seed", range(3))
def test_thresholds_decide_as_before_for_every_float32_around_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    t = np.concatenate(
        [rng.normal(size=50), rng.normal(size=50) * 10.0 ** rng.integers(-40, 38, 50)]
    )
    t = np.concatenate([t, [0.0, -0.0, INF, -INF, 1e300, -1e300, 1e-46, -1e-46, 16777217.0]])
    t = np.concatenate([t, t.astype(np.float32)])  # those that are float32 stay
    low = float32_below(t)
    assert low.dtype == np.float32
    near = t.astype(np.float32)
    for x in (near, np.nextafter(near, np.float32(INF)), np.nextafter(near, np.float32(-INF))):
        np.testing.assert_array_equal(x <= low, x.astype(np.float64) <= t)
    kept = np.isfinite(t) & (near.astype(np.float64) == t)
    np.testing.assert_array_equal(low[kept], near[kept])


def test_leaves_that_say_the_same_share_a_row() -> None:
    same = TreeArrays.sum_of(
        [stump(0, 0.5, [0.0, 1.0], [1.0, 0.0]), stump(1, 1, [1.0, 0.0], [0.0, 1.0])]
    )
    assert same.value.tolist() == [[0, 1], [1, 0]] or same.value.tolist() == [[1, 0], [0, 1]]
    assert same.scores(np.array([[0.0, 2.0]])).tolist() == [[0, 2]]


def test_sums_and_what_stands_beside_one_another() -> None:
    x = np.array([[0.0, 5.0], [1.0, -5.0], [NAN, NAN]])
    a, b, c = stump(0, 0.5, [1.0], [2.0]), stump(1, 0.0, [10.0], [20.0], False), leaf([0.5])
    b = b.shifted(100)
    each = [part.scores(x) for part in (a, b, c)]
    np.testing.assert_array_equal(TreeArrays.sum_of([a, b, c]).scores(x), sum(each))
    np.testing.assert_array_equal(TreeArrays.beside([a, b, c]).scores(x), np.hstack(each))
    nested = TreeArrays.beside([TreeArrays.beside([c, a]), b.scaled(0.5)])
    np.testing.assert_array_equal(nested.scores(x), np.hstack([each[2], each[0], each[1] / 2]))
    assert nested.depth == 1
    assert c.depth == 0
    assert nested.num_bytes == 16 * 2 + 4 * 5 + 8 * 3


def test_depth_is_the_longest_way() -> None:
    chain = TreeArrays.of_tree(
        [1, -1, 3, -1, -1],
        [2, -1, 4, -1, -1],
        [0, 0, 1, 0, 0],
        [0.0] * 5,
        [[i] for i in range(5)],
        num_features=2,
    )
    assert TreeArrays.sum_of([stump(0, 0, [1.0], [2.0]), chain]).depth == 2
    assert chain.scores(np.array([[0, 0], [1, 0], [1, 1]])).tolist() == [[1], [3], [4]]


def test_what_does_not_fit_is_said() -> None:
    wide = stump(0, 0, [1.0, 2.0], [3.0, 4.0])
    with pytest.raises(ValueError, match="same width"):
        TreeArrays.sum_of([wide, leaf([1.0])])
    with pytest.raises(ValueError, match="none"):
        TreeArrays.sum_of([])
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        wide.scores(np.zeros((3, 3)))
