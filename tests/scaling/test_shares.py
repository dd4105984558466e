import threading

import keras
import numpy as np
import pytest

from labelfeed.scaling.shares import (
    OfReplica,
    Sharing,
    batch_draw,
    classes_are_cut,
    current_sharing,
    mean_over_shares,
    share_count,
    shared_like,
    spare_classes,
    whole_batch,
    whole_loss,
)


class Step:
    noted = OfReplica[int](0)


def test_what_a_step_notes_stays_in_its_thread():
    step, seen = Step(), []
    step.noted = 3
    thread = threading.Thread(target=lambda: seen.append(step.noted))
    thread.start()
    thread.join()
    assert (step.noted, seen, Step().noted) == (3, [0], 0)
    step.noted = 0
    assert step.noted == 0


def test_one_device_shares_nothing():
    one = keras.ops.ones((2,))
    with shared_like(Sharing(1)):
        assert share_count() == 1 and not classes_are_cut() and spare_classes(7) == 0
        assert batch_draw((3, 2), lambda shape: shape) == (3, 2)
        assert mean_over_shares(one) is one and whole_loss(one) is one and whole_batch(one) is one
    assert current_sharing() is None


def test_classes_are_filled_up_so_that_they_divide():
    with shared_like(Sharing(4, class_parts=4)):
        assert [spare_classes(count) for count in (7, 8, 9)] == [1, 0, 3]
        assert classes_are_cut()


@pytest.mark.only_backend("torch")
@pytest.mark.parametrize("place", [0, 1])
def test_a_process_gets_its_rows_of_the_draw_of_the_whole_batch(place):
    with shared_like(Sharing(2, place, 2)):
        drawn = batch_draw((2, 3), lambda shape: keras.ops.reshape(keras.ops.arange(12), shape))
    whole = np.arange(12).reshape(4, 3)
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(drawn), whole[2 * place : 2 * place + 2]
    )
