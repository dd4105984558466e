"""Which label to ask for next, and what the known ones have changed."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.models.wrapping import as_predictor
from labelfeed.runs.ask import ask
from labelfeed.runs.explain import explain_known
from tests.strategies._findings import SPEC, rows, trained


def bits(p: float) -> float:
    return -p * np.log2(p) - (1 - p) * np.log2(1 - p)


def test_the_label_that_tells_most_comes_first() -> None:
    row = rows()[0][0]
    questions = ask(trained(), row, about="itch")
    assert questions[0].label == "rash"
    assert len(questions) == 3
    assert questions[0].gain > 0.2 > questions[1].gain >= 0
    assert questions[0].if_present > 0.8 > 0.2 > questions[0].if_absent
    assert ask(trained(), row, about="itch", best=1) == questions[:1]


def test_the_gain_is_the_expectation_over_both_answers() -> None:
    row, model = rows()[0][:1], trained()
    known = {"cough": 1}
    question = next(q for q in ask(model, row, about="itch", known=known) if q.label == "rash")

    def p(given: dict) -> np.ndarray:
        return model.predict(row, known=given, verbose=0)[0].astype(float)

    now, yes, no = p(known), p({**known, "rash": 1}), p({**known, "rash": 0})
    found = np.array([question.if_absent, question.if_present])
    chance = np.array([1 - now[2], now[2]])
    assert chance @ found == pytest.approx(now[3], abs=1e-6)  # what it says before it asks
    expected = bits(now[3]) - chance @ [bits(q) for q in found]
    assert question.gain == pytest.approx(expected, abs=1e-4)
    assert question.probability == pytest.approx(now[2], abs=1e-6)
    raw = np.log(yes[3] / (1 - yes[3])) - np.log(no[3] / (1 - no[3]))
    moved = np.log(found / (1 - found))
    assert moved[1] - moved[0] == pytest.approx(raw, abs=1e-3)  # moved together, no more


def test_known_labels_are_not_asked_for() -> None:
    row = rows()[0][0]
    encoded = np.array([-1, 1, 0, -1])
    assert [q.label for q in ask(trained(), row, about="itch", known=encoded)] == ["cough"]
    rest = {"cough": 0, "fever": 0, "rash": 1}
    assert ask(trained(), row, about="itch", known=rest) == []


def test_a_soft_known_label_lies_between_and_may_be_asked_for() -> None:
    row, model = rows(1)[0], trained()

    def effect(p: float) -> float:
        return explain_known(model, row, {"rash": p}, about="itch").all_known

    assert effect(0.7) == pytest.approx(0.3 * effect(0) + 0.7 * effect(1), abs=1e-5)
    question = ask(model, row, about="itch", known={"rash": 0.7})[0]
    assert (question.label, question.probability) == ("rash", pytest.approx(0.7))
    assert question.if_present == pytest.approx(effect(1), abs=1e-5)
    with pytest.raises(LabelError, match=r"'itch' is known already \(0\.7\)"):
        ask(model, row, about="itch", known={"itch": 0.7})
    with pytest.raises(LabelError, match=r"got 1\.7; expected .*a probability"):
        ask(model, row, about="itch", known={"rash": 1.7})


def test_the_effect_of_what_is_known() -> None:
    row, model = rows()[0][0], trained()
    effect = explain_known(model, row, {"rash": 1, "cough": 0, "itch": 0}, about="itch")
    assert set(effect.alone) == set(effect.without) == {"rash", "cough"}
    assert effect.all_known - effect.nothing_known > 0.2
    assert effect.alone["rash"] - effect.alone["cough"] > 0.2
    assert effect.without["cough"] == pytest.approx(effect.alone["rash"], abs=1e-6)
    nothing = model.predict(row[None], verbose=0)[0, 3]
    assert effect.nothing_known == pytest.approx(nothing, abs=1e-6)


def test_what_does_not_fit_is_refused() -> None:
    row = rows()[0][0]
    with pytest.raises(LabelError, match="'itch' is known already"):
        ask(trained(), row, about="itch", known={"itch": 1})
    with pytest.raises(LabelError, match="no label 'ich'; expected one of"):
        ask(trained(), row, about="ich")
    with pytest.raises(LabelError, match="expected 0, 1, yes, no"):
        ask(trained(), row, about="itch", known={"rash": 2})
    with pytest.raises(LabelError, match="one row, got 2 rows"):
        ask(trained(), row, about="itch", known=np.full((2, SPEC.num_classes), -1))
    with pytest.raises(ValueError, match="Expected a LabelFedModel or Run"):
        ask(as_predictor(lambda x: x, SPEC), row, about="itch")


def test_a_users_function_is_asked_too() -> None:
    def follows_fever(x, known):  # itch is what fever is
        p = np.full(known.shape, 0.5)
        p[:, 3] = np.where(known[:, 1] < 0, 0.5, 0.1 + 0.8 * known[:, 1])
        return p

    questions = ask(as_predictor(follows_fever, SPEC), np.zeros(3), about="itch")
    assert questions[0].label == "fever" and questions[0].gain > 0.5
    assert [q.gain for q in questions[1:]] == [0.0, 0.0]
    effect = explain_known(as_predictor(follows_fever, SPEC), np.zeros(3), {"fever": 1}, "itch")
    assert (effect.nothing_known, effect.all_known) == (0.5, 0.9)
