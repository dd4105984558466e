from __future__ import annotations

import numpy as np

from labelfeed.checks.labels import label_lines, rare_notes
from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec


def _dataset(labels, spec):
    labels = np.asarray(labels, np.int32)
    return Dataset("table", np.zeros((len(labels), 1)), labels, spec, np.arange(len(labels)), "f")


def test_a_line_for_each_label():
    colour = LabelSpec.single(["red", "blue"], name="colour")
    spec = LabelSpec.columns([colour, "fever"])
    labels = [[1, 0, 1], [0, 1, 0], [-1, -1, 0], [0, 1, -1]]
    assert label_lines(_dataset(labels, spec))[1:] == [
        ("colour", "2 classes", "blue 2, red 1", "1 (25%)"),
        ("fever", "yes/no", "yes 1 (33%), no 2", "1 (25%)"),
    ]


def test_of_many_labels_the_extremes():
    spec = LabelSpec.multi([f"l{i}" for i in range(40)])
    labels = np.arange(200)[:, None] % 200 < np.arange(40)
    lines = label_lines(_dataset(labels, spec))
    assert [line[0] for line in lines[1:]] == [
        "l0", "l1", "l2", "l37", "l38", "l39", "... 34 more"
    ]  # fmt: skip


def test_rare_classes_and_a_class_in_nearly_all_rows():
    spec = LabelSpec.single(["a", "b", "c"], name="y")
    notes = rare_notes(_dataset([0] * 90 + [1] * 9 + [2], spec))
    assert notes[0].startswith("90% of the labelled rows are 'a': guessing it always")
    assert notes[1].endswith("say little of them: 'c' (1), 'b' (9)")
    assert rare_notes(_dataset([0, 1, 2] * 20, spec)) == ()
    several = LabelSpec.multi(["a", "b"])
    assert rare_notes(_dataset([[1, 0]] * 5 + [[0, 1]] * 40, several)) == (
        "in fewer than 10 rows, so that scores say little of them: 'a' (5)",
    )
