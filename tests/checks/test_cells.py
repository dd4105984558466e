from __future__ import annotations

import numpy as np
import pytest

from labelfeed.checks.cells import cell_lines, several_in_a_cell
from labelfeed.data.spellings import Spelling


def test_every_kind_of_cell_is_counted():
    read = [
        Spelling("label", "a", "1", "yes", 30),
        Spelling("label", "b", "1", "yes", 20),
        Spelling("label", "b", "y", "yes", 1200),
        Spelling("label", "a", "", "unknown", 4),
        Spelling("label", "a", "-1", "uncertain", 5, "0.6"),
        Spelling("label", "b", "-1", "uncertain", 6),
        Spelling("feature", "c", "NA", "unknown", 7, guessed=True),
        Spelling("side", "d", "x", "class", 8),
    ]
    assert cell_lines(read)[1:] == [
        ("labels", "yes", "1,250", "'y' 1,200, '1' 50"),
        ("labels", "uncertain: 0.6", "5", "'-1'"),
        ("labels", "uncertain: unknown", "6", "'-1'"),
        ("labels", "unknown", "4", "(empty)"),
        ("side labels", "class", "8", "'x'"),
        ("features", "missing", "7", "'NA'"),
    ]
    assert cell_lines([]) == []
    many = [Spelling("label", "a", f"w{i}", "class", 1) for i in range(9)]
    assert cell_lines(many) == []  # as the table of labels says
    assert cell_lines([*many, read[3]])[1][3] == "'w0' 1, 'w1' 1, 'w2' 1, 'w3' 1, ... (9 words)"


@pytest.mark.parametrize(
    ("cells", "separator", "none"),
    [
        (["a|b", "a", "No Finding", "b|c", "c|a", "c"] * 9, "|", "No Finding"),
        (["a;b", "a", "nose", "b;c", "c", None] * 9, ";", None),
        (["a|b", "normal|a", "normal", "b"] * 9, "|", None),
        (["a", "b", "none"] * 9, None, None),
    ],
)
def test_several_labels_in_a_cell(cells, separator, none):
    rules, notes = several_in_a_cell("y", np.array(cells, dtype=object))
    assert (rules.separator, rules.none_word) == (separator, none)
    assert len(notes) == (separator is not None) + (none is not None)
