"""Charts and tables of predictions of held-out rows."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.report.judged_parts import confusion_tables, judged_parts, vector_chart
from tests._stored import COLOURS, FINDINGS, held_out


def test_several_labels_have_curves_and_calibration() -> None:
    parts = judged_parts(held_out(), FINDINGS, 0.5)
    assert [type(part) for part in parts] == [bytes] * 3


def test_classes_have_a_confusion_and_their_vectors() -> None:
    held = held_out(COLOURS)
    kinds = [type(part).__name__ for part in judged_parts(held, COLOURS)]
    assert kinds == ["bytes", "bytes", "bytes", "Table", "bytes"]
    (table,) = confusion_tables(held.labels, held.blind, COLOURS)
    counts = np.array([list(map(int, row[1:])) for row in table.rows])
    assert counts.sum() == 80 and counts.sum(axis=1).tolist() == np.bincount(held.labels).tolist()
    right = (held.blind.argmax(axis=1) == held.labels).sum()
    assert np.trace(counts) == right


def test_many_classes_have_the_most_frequent_mistakes() -> None:
    spec = LabelSpec.single([f"class {i}" for i in range(12)])
    y = np.arange(120) % 12
    said = np.where(y == 3, 4, y)
    (table,) = confusion_tables(y, np.eye(12)[said], spec)
    assert table.rows == (("class 3", "class 4", "10 of 10"),)
    assert "110 of 120 rows are right" in table.note
    assert confusion_tables(np.full(120, -1), np.eye(12)[said], spec) == []


def test_one_state_only_has_no_curves() -> None:
    held = held_out()
    alike = dataclasses.replace(held, labels=np.zeros_like(held.labels), told=None, shown=None)
    assert len(judged_parts(alike, FINDINGS)) == 1  # calibration


def test_vectors_that_say_nothing_are_not_drawn() -> None:
    held = held_out(COLOURS)
    for vectors in (None, np.ones((2, 3)), np.full((3, 3), np.nan)):
        assert vector_chart(dataclasses.replace(held, vectors=vectors)) is None
    flat = dataclasses.replace(held, vectors=np.ones((3, 1)))
    assert vector_chart(flat)[1:4] == b"PNG"
