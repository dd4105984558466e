"""Two devices and two processes give the training of one: each in processes of their own."""

import pytest

from benchmarks.scale_out import differences, run, run_two
from labelfeed.scaling.devices import devices
from labelfeed.scaling.errors import ScalingError

CLOSE = 1e-4


def assert_same(one, two, several):
    assert (two["devices"], two["processes"]) == several
    assert max(differences(one, two)) < CLOSE
    assert two["same_inside"]


@pytest.mark.only_backend("tensorflow")
def test_tensorflow_on_two_devices_trains_as_on_one():
    one, two, margin_one, margin_two = run(
        "tensorflow", ["masked:1", "masked:2", "margin:1", "margin:2"], devices=2
    )
    assert_same(one, two, (2, 1))
    assert_same(margin_one, margin_two, (2, 1))


@pytest.mark.only_backend("jax")
def test_jax_on_two_devices_or_in_two_processes_trains_as_on_one():
    masked, two, margin, classes = run(
        "jax", ["masked:1", "masked:2", "margin:1", "margin:classes"], devices=2
    )
    assert_same(masked, two, (2, 1))
    assert_same(margin, classes, (2, 1))
    for found in run_two("jax", ["masked:all", "margin:classes"]):
        assert_same(masked, found[0], (2, 2))
        assert_same(margin, found[1], (2, 2))


@pytest.mark.only_backend("torch")
def test_torch_in_two_processes_trains_as_in_one():
    masked, margin = run("torch", ["masked:1", "margin:1"])
    for found in run_two("torch", ["masked:all", "margin:all"]):
        assert_same(masked, found[0], (2, 2))
        assert_same(margin, found[1], (2, 2))


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
