from __future__ import annotations

import pytest

from labelfeed.checks.columns import Column
from labelfeed.checks.propose import alike, propose_labels


def _columns(**kinds):
    made = []
    for name, kind in kinds.items():
        different = {"yes/no": 2, "category": 4, "number": 50, "few": 5}.get(kind, 500)
        kind = "number" if kind == "few" else kind
        made.append(Column(name, kind, "", different, 0.0, whole=True))
    return made


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        ({"age": "number", "Diagnosis": "category", "sex": "category"}, ("Diagnosis",)),
        ({"Finding Labels": "text", "sex": "category"}, ("Finding Labels",)),
        ({"x1": "yes/no", "complication1": "yes/no", "complication2": "few", "z": "number"},
         ("complication1", "complication2")),
        ({"a": "number", "b": "number", "c": "number", "d": "number", "e": "number",
          "wren": "yes/no", "finch": "yes/no"}, ("wren", "finch")),
        ({"a": "yes/no", "b": "yes/no", "c": "number", "d": "yes/no", "e": "yes/no"}, ("e",)),
        ({"kind": "category", "a": "number"}, ("kind",)),
        ({"subclass": "number", "a": "number"}, ()),
        ({"class": "identifier", "a": "number"}, ()),
    ],
)  # fmt: skip
def test_what_may_be_the_labels(kinds, names):
    found = propose_labels(_columns(**kinds))
    assert found.names == names
    assert bool(found.why) == bool(names)


def test_names_that_differ_in_a_number():
    names = ["id", "x1", "x2", "ill 1", "ill 2", "ill"]
    assert alike(["ill 1"], names) == ("ill 2",)
    assert alike(["ill"], names) == ()
