"""A service: what is asked together is answered as each would be alone."""

from __future__ import annotations

import json

import numpy as np
import pytest

from labelfeed.predictors.responses import PredictorError
from labelfeed.serving.body import RequestError
from labelfeed.serving.service import in_json
from tests.serving._runs import ROW, answered, body, several, sided


def test_together_as_alone() -> None:
    service = several()
    bodies = [
        body(rows=[ROW]),
        body(rows=[{**ROW, "sex": "x"}, {**ROW, "age": 80}]),
        body(rows=[ROW], known={"fever": 1}),
        body(rows=[ROW, ROW], known=[{"fever": 0.4}, {}]),
        body(rows=[ROW], known={"colour": "red"}),
    ]
    alone = [answered(service, one)[0] for one in bodies]
    service.run.model.calls.clear()
    together = answered(service, *bodies)
    assert service.run.model.calls[:2] == [3, 2]  # nothing known, hard labels
    for one, other in zip(alone, together, strict=True):
        assert one.get("notes") == other.get("notes")
        for row, same in zip(one["predictions"], other["predictions"], strict=True):
            for name in row:
                assert row[name]["probabilities"] == pytest.approx(same[name]["probabilities"])
    assert "training had no 'x'" in alone[1]["notes"][0]


def test_side_labels_count() -> None:
    blind, told = answered(
        sided(), body(rows=[{"age": 3}]), body(rows=[{"age": 3}], sides={"scanner": "B"})
    )
    first, second = (one["predictions"][0]["animal"]["probabilities"] for one in (blind, told))
    assert first != second and sum(second.values()) == pytest.approx(1)


def test_one_that_fails_in_a_batch_fails_alone() -> None:
    service = several()
    good, bad = (service.read_predict(body(rows=[ROW])) for _ in range(2))
    bad.rows.columns["sex"][:] = [object()]
    bad.rows.columns["age"][:] = ["x"]
    found = service.work([good, bad, good])
    assert isinstance(found[1], Exception) and found[0] == found[2]
    assert json.loads(found[0])["predictions"][0]["cough"]["source"] == "predicted"


def test_requests_that_are_none() -> None:
    service = several()
    with pytest.raises(RequestError, match="has 6 rows; at most 5") as found:
        service.read_predict(body(rows=[ROW] * 6))
    assert found.value.status == 413
    with pytest.raises(RequestError, match="there is no 'row'"):
        service.read_predict(body(row=ROW))
    with pytest.raises(RequestError, match=r"there is no label 'fevr'.*'fever'"):
        service.read_ask(body(row=ROW, about="fevr"))
    with pytest.raises(RequestError, match="best must be"):
        service.read_ask(body(row=ROW, about="fever", best=True))
    with pytest.raises(PredictorError, match="reads no"):
        sided().read_predict(body(rows=[{"age": 3}], known={"animal": "cat"}))
    with pytest.raises(RequestError, match="reads no other label"):
        sided().read_ask(body(row={"age": 3}, about="animal"))


def test_a_question_about_what_is_known_is_an_error_and_others_are_answers() -> None:
    service = several()
    asked = [body(row=ROW, about="cough", known={name: 1}) for name in ("cough", "fever")]
    wrong, right = service.work([service.read_ask(one) for one in asked])
    assert "is known already" in str(wrong)
    assert [q["label"] for q in json.loads(right)["ask"]] == ["colour"]


def test_answers_are_json_whatever_a_name_holds() -> None:
    assert json.loads(in_json({"\ud800": 1})) == {"\ud800": 1}
    with pytest.raises(ValueError, match="not JSON compliant"):
        in_json(np.nan)
