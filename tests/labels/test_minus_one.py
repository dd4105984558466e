"""-1 is unknown among ids, and asked for where it may be uncertain, no, or a class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.errors import LabelError
from labelfeed.labels.spec import LabelSpec

SPEC = LabelSpec.multi(["edema", "mass"])
MIXED = LabelSpec.columns([LabelSpec.single(["red", "blue", "green"], name="colour"), "mass"])
PAIR = LabelSpec.single(["well", "ill"], name="y")

IDS: dict[str, tuple[LabelSpec, Any]] = {
    "int64": (SPEC, np.array([[1, -1], [0, 1]])),
    "int8": (SPEC, np.array([[1, -1], [0, 1]], np.int8)),
    "floats": (SPEC, np.array([[1.0, -1.0]])),
    "list": (SPEC, [[1, -1], [0, 1]]),
    "nameless table": (SPEC, pd.DataFrame([[1, -1]])),
    "table of encoded ids": (
        SPEC, pd.DataFrame(np.array([[1, -1]], np.int32), columns=["edema", "mass"])),
    "classes and yes/no": (MIXED, np.array([[0, -1], [-1, 1]])),
    "ids of a class": (MIXED, {"colour": [0, -1], "mass": [1, 0]}),
    "one label, both classes": (PAIR, [0, 1, -1]),
    "one label, the first": (PAIR, [0, -1]),
    "int32 of two classes": (PAIR, np.array([1, -1], np.int32)),
    "three classes": (LabelSpec.single(3), [-1, 1]),
}  # fmt: skip
ASKED: dict[str, tuple[LabelSpec, Any]] = {
    "table": (SPEC, pd.DataFrame({"edema": [1.0, -1.0, np.nan], "mass": [0, 1, 0]})),
    "table of int64": (SPEC, pd.DataFrame({"edema": [1, -1], "mass": [0, 1]})),
    "dict": (SPEC, {"edema": [0, -1]}),
    "dict rows": (SPEC, [{"edema": -1}, {"mass": 1}]),
    "floats with NaN": (SPEC, np.array([[1.0, -1.0], [np.nan, 0.0]])),
    "list with None": (SPEC, [[1, -1], [None, 0]]),
    "text": (SPEC, [["1", "-1"]]),
    "beside classes": (MIXED, {"colour": ["red", "blue"], "mass": [1, -1]}),
    "two classes, -1 and 1": (PAIR, [-1, 1, 1]),
    "two classes, text": (LabelSpec.single(["0", "1"], name="y"), ["-1", "1"]),
}


@pytest.mark.parametrize(("spec", "values"), IDS.values(), ids=IDS)
def test_among_ids_it_is_unknown(spec: LabelSpec, values: Any) -> None:
    out = spec.encode(values)
    assert (out == -1).any()
    assert spec.encode(values, missing=-1).tolist() == out.tolist()


@pytest.mark.parametrize(("spec", "values"), ASKED.values(), ids=ASKED)
def test_elsewhere_it_is_asked_for(spec: LabelSpec, values: Any) -> None:
    with pytest.raises(LabelError, match=r"got .?-1.*, which can mean unknown \(missing=-1\)"):
        spec.encode(values)
    unknown = spec.encode(values, missing=-1)
    no = spec.encode(values, negative=-1)
    assert (unknown[no != unknown] == -1).all()
    assert (no[no != unknown] == 0).all()
    assert (no != unknown).any()
    assert (spec.encode(values, cells=spec.id_cells) == unknown).all()


def test_uncertain_is_what_it_is_declared_to_be() -> None:
    table = ASKED["table"][1]
    soft = SPEC.encode(table, uncertain="soft=0.6")
    assert soft.dtype == np.float32
    np.testing.assert_allclose(soft[:, 0], [1, 0.6, np.nan], rtol=1e-6)
    for how, value in (("ignore", -1), ("zeros", 0), ("ones", 1)):
        assert SPEC.encode(table, uncertain=how)[:, 0].tolist() == [1, value, -1]
    by_column = {"edema": "ones", "": "zeros"}
    assert SPEC.encode({"edema": [-1], "mass": [-1]}, uncertain=by_column).tolist() == [[1, 0]]
    both = MIXED.encode({"colour": ["red"], "mass": [-1]}, uncertain="soft=0.25")
    assert both.tolist() == [[1, 0, 0, 0.25]]
