"""The symbolic label input."""

from __future__ import annotations

import keras
import pytest

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec


def test_shape_dtype_and_name() -> None:
    single = LabelInput(LabelSpec.single(3, name="kind"))
    multi = LabelInput(LabelSpec.multi(4), name="findings")
    assert (single.shape, single.dtype, single.name) == ((None,), "int32", "kind")
    assert (multi.shape, multi.dtype, multi.name) == ((None, 4), "int32", "findings")


def test_it_is_an_input_of_a_functional_model() -> None:
    label = LabelInput(LabelSpec.single(3))
    network = keras.Model(label, keras.layers.Embedding(4, 2)(label + 1))
    assert [i.name for i in network.inputs] == ["label"]


def test_it_needs_a_spec() -> None:
    with pytest.raises(TypeError, match="needs a LabelSpec, got int"):
        LabelInput(3)  # type: ignore[arg-type]
