import numpy as np

from benchmarks.generate_data import as_written, split


def test_rows_keep_range_and_decimals_of_the_training_rows():
    like = np.array([[1.0, 0.25, 3.14159265358], [4.0, 0.5, 2.718281828]])
    made = as_written(np.array([[2.7, 0.33333, 3.0], [9.0, -1.0, 9.0]]), like)
    assert made[0].tolist() == [3.0, 0.33, 3.0]
    assert made[1].tolist() == [4.0, 0.25, 3.14159265358]


def test_training_and_held_out_rows_are_the_same_for_all_and_share_none():
    one, other = split("digits", None, 3, 200), split("digits", None, 3, 200)
    assert (one.x == other.x).all() and (len(one.x), len(one.test_x)) == (140, 60)
    assert one.picture == (8, 8)
    assert split("digits", None, 4, 200).y.tolist() != one.y.tolist()
