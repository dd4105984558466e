"""What training has met."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.generate.seen import Seen
from labelfeed.labels.spec import LabelSpec

KIND = LabelSpec.single(["cat", "dog", "cow"], name="kind")
SIGNS = LabelSpec.multi(["fever", "rash"], name="signs")
IDS = {"kind": np.array([0, 1, -1]), "signs": np.array([[0, -1], [1, -1], [0, 0]])}


def test_what_was_met_may_be_asked_for_and_nothing_else() -> None:
    seen = Seen.of([KIND, SIGNS], IDS, dropout=False)
    seen.check(KIND, np.array([0, 1, -1]))
    seen.check(SIGNS, np.array([[1, 0]]))
    with pytest.raises(ValueError, match=r"kind = 'cow'.*'cat', 'dog'"):
        seen.check(KIND, np.array([0, 2]))
    with pytest.raises(ValueError, match="'rash' = 1"):
        seen.check(SIGNS, np.array([[1, 1]]))


def test_labels_that_were_all_unknown_say_so() -> None:
    seen = Seen.of([KIND], {"kind": np.full(3, -1)}, dropout=False)
    with pytest.raises(ValueError, match="Training had no label of 'kind'"):
        seen.check(KIND, np.array([0]))


def test_later_trainings_add_up_and_the_config_keeps_all() -> None:
    first = Seen.of([KIND], {"kind": np.array([0, 1])}, dropout=False)
    both = Seen().plus(first).plus(Seen.of([KIND], {"kind": np.array([2, -1])}, dropout=False))
    assert (first.hidden, both.hidden) == (False, True)
    again = Seen(**both.get_config())
    again.check(KIND, np.array([0, 1, 2]))
    assert again.counts == {"kind": [[1, 1, 1]]} and again.hidden
    Seen().check(KIND, np.array([2]))  # nothing is known of it
