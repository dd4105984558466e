"""Twin of labelfeed/runs/sharing.py: what is not shared among devices is said."""

from __future__ import annotations

import pytest

from labelfeed.options import TrainingOptions
from labelfeed.runs.sharing import sharing_of_run
from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.processes import Processes

MASKED = TrainingOptions().of("masked")


def test_one_device_as_ever() -> None:
    assert sharing_of_run(None, False, MASKED, blended=True, streamed=True) is None


def test_classes_are_cut_in_one_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in Processes(0, 2).environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ScalingError, match="in one process, not in 2"):
        sharing_of_run(None, True, TrainingOptions().of("margin"), blended=False, streamed=False)


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
