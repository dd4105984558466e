import numpy as np
import pytest

from labelfeed.scaling.batches import SharedBatches, SharedStream, cut_batch
from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.shares import Sharing

X, Y = np.arange(11.0)[:, None], np.arange(11) % 3


def parts(how, **more):
    made = SharedBatches((X, Y), "single", how, 4, **more)
    return [made[i] for i in range(made.num_batches)]


def test_every_batch_has_one_size_and_what_fills_it_up_is_unknown():
    batches = parts(Sharing(2))
    assert [len(y) for _, y in batches] == [4, 4, 4]
    assert batches[2][1].tolist() == [2, 0, 1, -1]
    assert np.isfinite(batches[2][0]).all()


def test_processes_read_the_parts_of_one_batch_in_one_order():
    whole = parts(Sharing(2), seed=5)
    first, second = (parts(Sharing(2, place, 2), seed=5) for place in (0, 1))
    for all_, a, b in zip(whole, first, second, strict=True):
        np.testing.assert_array_equal(all_[1], np.concatenate([a[1], b[1]]))
        np.testing.assert_array_equal(all_[0], np.concatenate([a[0], b[0]]))


def test_each_epoch_has_another_order_of_all_rows():
    made = SharedBatches((X, Y), "single", Sharing(1), 11, seed=1)
    first = made[0][0].ravel()
    made.on_epoch_end()
    second = made[0][0].ravel()
    assert first.tolist() != second.tolist() and sorted(first) == sorted(second)


def test_a_batch_that_does_not_divide_is_refused_with_one_that_does():
    with pytest.raises(ScalingError, match="32 does not divide among 3 devices: take 33 or 30"):
        SharedBatches((X, Y), "single", Sharing(3))


@pytest.mark.parametrize(
    ("kind", "y", "unknown"),
    [
        ("multi", np.ones((3, 2), np.float32), [np.nan, np.nan]),
        ("multi", np.ones((3, 2), np.int32), [-1, -1]),
        ("single", np.eye(3, dtype=np.float32), [0, 0, 0]),
    ],
)
def test_unknown_rows_of_every_kind_of_target(kind, y, unknown):
    x = {"a": np.ones((3, 1))}
    found = cut_batch((x, y, np.ones(3)), kind, Sharing(2))
    np.testing.assert_array_equal(found[1][3], unknown)
    assert len(found[0]["a"]) == len(found[2]) == 4


def test_batches_of_a_stream_are_cut_each_by_itself():
    inner = SharedBatches((X[:10], Y[:10]), "single", Sharing(1), 3)
    stream = SharedStream(inner, "single", Sharing(2, 1, 2))
    assert stream.num_batches == 4
    assert [stream[0][1].tolist(), stream[3][1].tolist()] == [[2, -1], [-1, -1]]
