import pytest

from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.processes import Processes, join, told_processes

TOLD = {"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "10.0.0.1", "MASTER_PORT": "29500"}


def test_one_process_where_nothing_is_told():
    assert told_processes({}) == Processes()
    assert told_processes({"WORLD_SIZE": "1"}).count == 1


def test_what_torchrun_tells_is_read_and_told_again():
    found = told_processes({**TOLD, "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"})
    assert found == Processes(1, 2, "10.0.0.1", 29500, 1, 2)
    assert told_processes(found.environment()) == found


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"MASTER_PORT": None}, "MASTER_PORT is not set"),
        ({"RANK": "2"}, "RANK must be in 0 .. WORLD_SIZE - 1 = 1, got 2"),
        ({"WORLD_SIZE": "two"}, "WORLD_SIZE must be a number, got 'two'"),
    ],
)
def test_what_is_told_by_halves_is_refused(change, says):
    told = {k: v for k, v in {**TOLD, **change}.items() if v is not None}
    with pytest.raises(ScalingError, match=says):
        told_processes(told)


def test_several_processes_are_refused_on_tensorflow_with_the_reason():
    join(Processes(), "tensorflow")
    with pytest.raises(ScalingError, match="20585"):
        join(Processes(0, 2), "tensorflow")
