"""Side labels of a model, audited one by one."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.audit.side_labels import audit_sides
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import as_predictor
from labelfeed.predictors.predictor import Predictor
from tests.strategies._sides import rows, trained

TARGET = LabelSpec.single(2, "ill")
SIDES = (LabelSpec.single(2, "turn"), LabelSpec.single(3, "scanner"))
X, Y, TURN = rows(300, seed=5)
SCANNER = np.arange(300) % 3


class Turned(Predictor):
    """Reads the turn, where it is known, and never the scanner; notes what it was told."""

    def __init__(self):
        super().__init__(TARGET, sides=SIDES)
        self.told: list[dict] = []

    def scores(self, x, known=None, sides=None):
        self.told.append(sides)
        turn = sides["turn"]
        value = np.where(turn < 0, x[:, :2].mean(axis=1), x[np.arange(len(x)), turn])
        return 1 / (1 + np.exp(-5 * value))


def test_each_is_fed_true_wrong_and_unknown_while_the_others_stay() -> None:
    model = Turned()
    turn, scanner = audit_sides(model, X, Y, {"scanner": SCANNER, "turn": TURN})
    assert (turn.label, scanner.label) == ("turn", "scanner")
    assert turn.verdict == "no leak found" and turn.accuracy.true == 1.0
    assert turn.accuracy.wrong < 0.7 and turn.accuracy.unknown_how == "unknown"
    assert turn.accuracy.wrong < turn.accuracy.unknown < 1.0
    assert scanner.verdict == "label not read" and scanner.accuracy.true == 1.0
    fed = [told["turn"] for told in model.told[-5:]]  # the scanner's turn: this one stays
    assert all((ids == TURN).all() for ids in fed)
    assert any((told["scanner"] == -1).all() for told in model.told)


def test_one_that_is_the_target_is_a_leak_of_the_data() -> None:
    (found,) = audit_sides(Turned(), X, Y, {"turn": Y})
    assert found.leaks and "determines the target" in found.warnings[0].text


def test_our_own_model_and_the_ones_that_are_not_given() -> None:
    (found,) = audit_sides(trained(), X, Y, {"turn": TURN, "strange": TURN}, batch_size=64)
    assert found.verdict == "no leak found"
    assert found.accuracy.true > found.accuracy.unknown
    assert audit_sides(trained(), X, Y, {}) == []
    assert audit_sides(as_predictor(lambda x: x, TARGET), X, Y, {"turn": TURN}) == []
    with pytest.raises(LabelError, match="'turn'"):
        audit_sides(trained(), X, Y, {"turn": TURN + 5})
