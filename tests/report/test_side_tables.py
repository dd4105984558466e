from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from labelfeed.data.dataset import Dataset, Sides
from labelfeed.labels.spec import LabelSpec
from labelfeed.report.side_tables import side_summary, side_table
from labelfeed.report.tables import table_text

SPECS = (LabelSpec.single(2, "scanner"), LabelSpec.single(3, "view"))
RUN = SimpleNamespace(sides=SPECS)


def rows(sides: Sides) -> Dataset:
    x, y = np.zeros((4, 1)), np.zeros(4, np.int32)
    return Dataset("arrays", x, y, LabelSpec.single(2), np.arange(4), "f", sides=sides)


def test_summary():
    ids = np.array([[0, 1], [-1, -1], [1, -1], [-1, 2]], np.int32)
    text = side_summary(RUN, rows(Sides(SPECS, ids)))
    assert text == "side labels (scanner, view) fed in 3 rows, none in 1, only a part in 2"
    assert side_summary(RUN, rows(Sides())).endswith("not read: unknown in every row")


def scores(accuracy: float) -> dict:
    return {"labels": 100, "accuracy": accuracy, "balanced_accuracy": accuracy, "log_loss": 1.0}


def found(known: float, wrong: float, product: float, half: float = 0.02) -> dict:
    return {
        "rows": 100, "without": 0, "wrong_share": 0.2,
        "unknown": scores(0.8), "known": scores(known), "wrong": scores(wrong),
        "over_plain": [known - 0.8, half], "product_known": scores(product),
        "product_wrong": scores(0.8), "over_product": [known - product, half],
        "product_over_plain": [product - 0.8, half],
    }  # fmt: skip


def told(sides: dict) -> str:
    return table_text(side_table(sides))


def test_table_says_whether_it_pays():
    pays = told(found(0.9, 0.8, 0.8))
    assert "The side labels pay here: +0.100 accuracy over the plain network" in pays
    assert "plain x Bayes product, 20% wrong" in pays
    assert "Bayes product of the plain network" not in pays
    assert "do not clearly pay here: +0.010" in told(found(0.81, 0.8, 0.8))
    assert "A table of counts does about as well: +0.010" in told(found(0.9, 0.8, 0.89))
    assert "Bayes product of the plain network is better: +0.050" in told(found(0.85, 0.8, 0.9))
    assert "falls below the plain network" in told(found(0.9, 0.7, 0.8))
    some = {**found(0.9, 0.8, 0.8), "without": 30}
    assert "30 of 100 rows have no side label" in told(some)
    assert "No row has a side label" in told({**some, "without": 100})
    assert "Too few rows" in told({**some, "over_plain": [0.1, None]})


def test_the_table_has_a_row_for_each_state_and_a_line_for_each_sentence():
    made = side_table({**found(0.9, 0.7, 0.8), "without": 30})
    assert len(made.rows) == 5
    assert made.rows[1][:3] == ("as in the data", "100", "0.900")
    assert len(made.note.splitlines()) == 3
    assert all(line.endswith(".") for line in made.note.splitlines())


def test_weights_and_ordered_classes_are_told():
    sides = found(0.9, 0.8, 0.8)
    sides["known"] = {**sides["known"], "rank_error": 0.5, "kappa": None}
    made = side_table(sides, weighted=True)
    assert made.columns[-2:] == ("rank error", "kappa")
    assert made.rows[1][-2:] == ("0.500", "-")
    assert "Each row counts by its weight; in gains" in made.note
