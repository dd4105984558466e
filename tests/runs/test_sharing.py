"""Twin of labelfeed/runs/sharing.py: what is not shared among devices is said."""

from __future__ import annotations

import pytest

from labelfeed.options import TrainingOptions
from labelfeed.runs.sharing import sharing_of_run
from labelfeed.scaling.errors import ScalingError

MASKED = TrainingOptions().of("masked")


def test_one_device_as_ever() -> None:
    assert sharing_of_run(None, False, MASKED, blended=True, streamed=True) is None


@pytest.mark.parametrize(
    "shard, blended, streamed, message",
    [
        (False, True, False, "--plain network"),
        (False, False, True, "does not go with --stream"),
        (True, False, False, "is for --strategy margin"),
    ],
)
def test_what_is_not_shared(shard: bool, blended: bool, streamed: bool, message: str) -> None:
    with pytest.raises(ScalingError, match=message):
        sharing_of_run(2, shard, MASKED, blended, streamed)
