"""Two devices and two processes give the training of one: they run in processes of their own."""

import keras
import pytest

from benchmarks.scale_out import differences, run, run_two
from benchmarks.scale_out_one import trained
from labelfeed.scaling.devices import devices
from labelfeed.scaling.errors import ScalingError

CLOSE = 1e-4


def assert_same(case, two, several, alone={}):  # noqa: B006 - kept for the file
    """Assert that a case trained on several devices as it trains here, on one."""
    if case not in alone:
        alone[case] = trained(case, "1")
    assert (two["devices"], two["processes"]) == several
    assert max(differences(alone[case], two)) < CLOSE
    assert two["same_inside"]


@pytest.mark.only_backend("tensorflow", "jax")
def test_two_devices_train_as_one():
    jax = keras.backend.backend() == "jax"
    cases = ["masked:2", "sampled:classes" if jax else "margin:2"]
    masked, margin = run(keras.backend.backend(), cases, devices=2)
    assert_same("masked", masked, (2, 1))
    assert_same("sampled" if jax else "margin", margin, (2, 1))
    assert not jax or margin["centres"] == [4, 4], "7 classes and one more, 4 on each device"


@pytest.mark.only_backend("jax", "torch")
def test_two_processes_train_as_one():
    jax = keras.backend.backend() == "jax"
    cases = ["masked:all", "margin:classes" if jax else "margin:all"]
    for masked, margin in run_two(keras.backend.backend(), cases):
        assert_same("masked", masked, (2, 2))
        assert_same("margin", margin, (2, 2))


@pytest.mark.parametrize(("count", "says"), [(0, "number >= 1"), (64, "64 devices are asked for")])
def test_devices_that_are_not_there_are_refused(count, says):
    with pytest.raises(ScalingError, match=says), devices(count):
        pass


@pytest.mark.only_backend("tensorflow", "torch")
def test_classes_are_cut_on_jax_alone():
    with pytest.raises(ScalingError, match="JAX alone"), devices(shard_classes=True):
        pass


def test_a_block_in_a_block_is_refused():
    with devices(1) as how, pytest.raises(ScalingError, match="stands in another"), devices(1):
        pass
    assert how.devices == 1
