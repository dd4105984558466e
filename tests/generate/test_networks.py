"""The denoising network of tables."""

from __future__ import annotations

from typing import Any

import pytest

from labelfeed.generate.networks import table_network
from labelfeed.labels.spec import LabelSpec
from tests.generate._models import KIND, SIGNS, VIEW


def test_the_inputs_are_what_a_diffusion_gives() -> None:
    network = table_network(3, SIGNS, sides=[VIEW], numbers=2, width=8, depth=2, dropout=0.1)
    shapes = {tensor.name: tuple(tensor.shape[1:]) for tensor in network.inputs}
    assert shapes == {
        "noisy": (3,),
        "given": (6,),
        "noise_level": (1,),
        "signs": (4,),
        "view": (),
        "numbers": (4,),
    }
    assert tuple(network.output.shape) == (None, 3) and network.output.dtype == "float32"


@pytest.mark.parametrize("change", [{"d": 0}, {"width": 1}, {"depth": 0}, {"width": 8.0}])
def test_sizes_are_whole_numbers(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        table_network(**{"d": 3, "spec": KIND, **change})


@pytest.mark.parametrize("name", ["noisy", "noise_level", "given", "numbers"])
def test_a_label_with_the_name_of_an_input_is_refused(name: str) -> None:
    taken = LabelSpec.single(["a", "b"], name=name)
    for labels in ({"spec": taken}, {"spec": KIND, "sides": [taken]}):
        with pytest.raises(ValueError, match=f"cannot be called '{name}'.*rename the column"):
            table_network(3, width=8, depth=1, **labels)
