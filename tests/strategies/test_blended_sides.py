from __future__ import annotations

import numpy as np

from labelfeed.data.dataset import Dataset, Sides
from labelfeed.options import SideLabelOptions
from labelfeed.strategies.blended_sides import fit_blended_sides
from tests.strategies._sides import TARGET, TURN, rows


def test_it_reads_the_side_label_and_does_without():
    x, y, turn = rows(400)
    sides = Sides((TURN,), turn[:, None])
    given = Dataset("arrays", x, y, TARGET, np.arange(400), "rows", sides=sides)
    told = []
    fitted = fit_blended_sides(
        x,
        given,
        SideLabelOptions(plain="logistic", side_corruption=0.0),
        groups=np.arange(400) // 2,
        on_member=lambda number, name, seconds: told.append((number, name)),
    )
    assert told == [(1, "logistic"), (2, "logistic")] and fitted.members == 2
    assert "side labels save 0." in fitted.said and "logistic" in fitted.said
    assert fitted.seconds["side labels"] >= 0
    x, y, turn = rows(300, seed=1)

    def right(sides):
        return (fitted.model.predict(x, sides=sides, verbose=0).argmax(axis=1) == y).mean()

    assert right({"turn": turn}) > 0.9 > 0.8 > right(None) > 0.6
