"""The target known at a coarser level, in predict."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from labelfeed.cli.known_coarse import coarse_known, within
from labelfeed.data.dataset import Coarse, DataError, Dataset
from labelfeed.labels.spec import LabelSpec

SPEC = LabelSpec.single(["cat", "dog", "oak"], name="kind")
TREE = {"cat": "animal", "dog": "animal", "oak": "plant"}
RUN = SimpleNamespace(data={"tree": TREE}, spec=SPEC)


@pytest.mark.only_backend("torch")
def test_a_coarse_class_is_taken_out_of_what_is_known() -> None:
    sets, column, rest = coarse_known(["kind=animal", "view"], RUN)  # type: ignore[arg-type]
    assert sets is not None
    assert (sets.tolist(), column, rest) == ([True, True, False], False, ["view"])
    assert coarse_known(["kind"], RUN) == (None, True, [])  # type: ignore[arg-type]
    plain = SimpleNamespace(data={}, spec=SPEC)
    assert coarse_known(["kind=cat"], plain) == (None, False, ["kind=cat"])  # type: ignore[arg-type]
    with pytest.raises(DataError, match="Did you mean 'animal'"):
        coarse_known(["kind=animl"], RUN)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="'cat' is a class of 'kind' itself"):
        coarse_known(["kind=cat"], RUN)  # type: ignore[arg-type]


@pytest.mark.only_backend("torch")
def test_probabilities_are_those_within_it() -> None:
    p = np.array([[0.2, 0.2, 0.6], [0.1, 0.3, 0.6]])
    rows = Dataset("table", np.zeros((2, 1)), np.array([-1, -1]), SPEC, np.arange(2), "f")
    found, count = within(p, np.array([True, True, False]), False, rows)
    np.testing.assert_allclose(found, [[0.5, 0.5, 0], [0.25, 0.75, 0]], atol=1e-9)
    assert count == 2
    coarse = Coarse(TREE, ("plant",), np.array([-1, 0]), np.array([[False, False, True]]))
    found, count = within(p, None, True, dataclasses.replace(rows, coarse=coarse))
    np.testing.assert_allclose(found, [p[0], [0, 0, 1]], atol=1e-9)
    assert count == 1
