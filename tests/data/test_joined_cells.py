from __future__ import annotations

import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.joined_cells import joined_labels
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec

CELLS = ["mass|edema", " Mass2 | mass|mass", "No Finding", None, "edema"]
RULES = CellRules(separator="|", none_word="no finding")


def test_each_part_is_a_label() -> None:
    read = joined_labels(CELLS, "findings", None, "f.csv", RULES)
    assert read.spec == LabelSpec.multi(["Mass2", "edema", "mass"], name="findings")
    assert read.labels.tolist() == [[0, 1, 1], [1, 0, 1], [0, 0, 0], [-1, -1, -1], [0, 1, 0]]
    states = [(s.spelling, s.state, s.count) for s in read.spellings]
    assert states == [
        ("No Finding", "none apply", 1),
        ("", "unknown", 1),
        ("mass", "yes", 2),
        ("edema", "yes", 2),
        ("Mass2", "yes", 1),
    ]
    again = joined_labels(["edema", "No Finding", "?"], "findings", read.spec, "g.csv", RULES)
    assert again.labels.tolist() == [[0, 1, 0], [0, 0, 0], [-1, -1, -1]]


def test_a_none_word_that_nobody_declared_is_told() -> None:
    read = joined_labels(CELLS, "findings", None, "f.csv", CellRules(separator="|"))
    assert "No Finding" in (read.spec.names or ())
    assert read.notes == (
        "label 'No Finding' (1 times) stands beside no other: if it says that none applies, "
        "--none-word 'No Finding'",
    )


def test_what_does_not_fit_is_named() -> None:
    spec = LabelSpec.multi(["edema", "mass"], name="findings")
    with pytest.raises(LabelError, match=r"f\.csv: Row 2, .*'masss'.*mean 'mass'"):
        joined_labels(["mass", "edema|masss"], "findings", spec, "f.csv", RULES)
    with pytest.raises(LabelError, match=r"Row 1, .*'no finding\|mass'.*that no label applies"):
        joined_labels(["no finding|mass"], "findings", None, "f.csv", RULES)
    with pytest.raises(DataError, match="is missing in every row"):
        joined_labels([None, ""], "findings", None, "f.csv", RULES)
    with pytest.raises(DataError, match="free text, and no labels"):
        joined_labels([f"word{i}" for i in range(30)], "findings", None, "f.csv", RULES)
