from __future__ import annotations

from labelfeed.tuning import TuningError


def test_it_is_a_wrong_value_which_commands_tell_in_a_line():
    assert issubclass(TuningError, ValueError)
