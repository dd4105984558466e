"""What known labels changed; questions and explanations about columns of classes."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.coherence import projected
from labelfeed.models.wrapping import as_predictor
from labelfeed.runs.ask import ask
from labelfeed.runs.explain import explain_known, explain_rows
from tests.strategies._columns import SPEC, rows, trained


def bits(p: np.ndarray) -> float:
    return float(-(p * np.log2(p)).sum())


def test_classes_are_predicted_from_what_is_known() -> None:
    x, model = rows(20, seed=1)[0], trained()
    blind = model.predict(x, verbose=0)
    np.testing.assert_allclose(blind[:, 1:4].sum(axis=1), 1, atol=1e-5)
    fever = model.predict(x, known={"fever": 1}, verbose=0)
    assert (fever[:, 1] > 0.8).all() and (blind[:, 1] < 0.8).all()
    red = model.predict(x, known={"colour": "red"}, verbose=0)
    blue = model.predict(x, known={"colour": "blue"}, verbose=0)
    assert (red[:, 0] > 0.8).all() and (blue[:, 0] < 0.2).all()


def test_a_class_that_is_ruled_out_leaves_the_softmax() -> None:
    p = trained().predict(rows(5)[0], known={"colour=green": 0}, verbose=0)
    assert p[:, 2].max() < 1e-6
    np.testing.assert_allclose(p[:, 1] + p[:, 3], 1, atol=1e-5)


def test_the_gain_is_the_expectation_over_all_answers() -> None:
    row, model = rows()[0][:1], trained()
    question = ask(model, row, about="fever")[0]
    assert question.label == "colour"
    assert (question.probability, question.if_present) == (None, None)
    chance = model.predict(row, verbose=0)[0, 1:4].astype(float)
    chance /= chance.sum()
    then = np.array([
        model.predict(row, known={"colour": c}, verbose=0)[0, 0]
        for c in ("red", "green", "blue")
    ], float)  # fmt: skip
    then = np.stack([1 - then, then], axis=1)
    now = model.predict(row, verbose=0)[0, :1].astype(float)
    then = projected(np.concatenate([1 - now, now]), chance, then)
    expected = bits(chance @ then) - sum(a * bits(q) for a, q in zip(chance, then, strict=True))
    assert question.gain == pytest.approx(expected, abs=1e-3)  # rounding of sure answers grows
    assert list(question.answers.values()) == pytest.approx(chance, abs=1e-6)
    assert question.then["blue"]["1"] == pytest.approx(then[2, 1], abs=1e-6)


def test_a_column_or_one_class_may_be_in_question() -> None:
    row, model = rows()[0][:1], trained()
    whole = ask(model, row, about="colour")
    assert [q.label for q in whole] == ["fever", "rash"]
    assert set(whole[0].then["1"]) == {"red", "green", "blue"}
    one = ask(model, row, about="colour=red", known={"rash": 0})
    assert [q.label for q in one] == ["fever"] and one[0].if_present > 0.6 > 0.2 > one[0].if_absent
    with pytest.raises(LabelError, match=r"'colour' is known already \(red\)"):
        ask(model, row, about="colour", known={"colour": "red"})
    with pytest.raises(LabelError, match="no label 'color'"):
        ask(model, row, about="color")


def test_the_effect_on_a_column_is_that_on_its_most_probable_class() -> None:
    row, model = rows()[0][:1], trained()
    effect = explain_known(model, row, {"fever": 1, "rash": 0, "colour": "blue"}, "colour")
    assert effect.target == "colour=red"
    assert set(effect.alone) == {"fever", "rash"}
    assert effect.all_known > 0.8 > effect.without["fever"]


def test_many_rows_at_once_say_what_one_row_says() -> None:
    x, model = rows(6, seed=3)[0], trained()
    told = [{"fever": 1}, {"colour": "red", "rash": 0}, {}, {"rash": 1}, {}, {}]
    known, effects = SPEC.encode(told), explain_rows(model, x, told)
    assert set(effects.alone) == set(effects.without) == {"fever", "colour", "rash"}
    one = explain_known(model, x[1], known[1], "fever")
    got = effects.nothing_known[1, 0], effects.all_known[1, 0]
    assert got == pytest.approx((one.nothing_known, one.all_known), abs=1e-5)
    for name in ("colour", "rash"):
        assert effects.alone[name][1, 0] == pytest.approx(one.alone[name], abs=1e-5)
        assert effects.without[name][1, 0] == pytest.approx(one.without[name], abs=1e-5)
    assert np.isnan(effects.alone["fever"][1:]).all()
    with pytest.raises(LabelError, match="5 rows, the features have 6"):
        explain_rows(model, x, told[1:])
    with pytest.raises(ValueError, match="several labels"):
        explain_rows(as_predictor(lambda x: x, LabelSpec.single(3)), x, known)
