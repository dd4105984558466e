"""Malformed requests through the app: 4xx in words or the right answer; a failure is seen."""

from __future__ import annotations

import keras
import pytest

from benchmarks.faults_requests import RefusedError, asked, client_of, request_case
from benchmarks.inputs_tally import Tally
from tests.serving._runs import ROW, body, several

pytestmark = pytest.mark.only_backend("torch")


def test_requests_are_answered_or_refused_in_words() -> None:
    assert keras.backend.backend() == "torch"
    found = Tally("requests", (RefusedError,), 20, 500)
    with client_of(several()) as client:
        for number in range(120):
            found.take(request_case(0, number, client))
    assert found.faults == [] and min(found.right, found.refused) > 10


def test_a_failure_of_the_server_is_no_refusal(monkeypatch) -> None:
    service = several()
    with client_of(service) as client:
        with pytest.raises(RefusedError, match=r"422: known: there is no 'coug'"):
            asked(client, body(rows=[ROW], known={"coug": 1}))
        monkeypatch.setattr(service, "read_predict", lambda given: {}["absent"])
        with pytest.raises(RuntimeError, match="500"):
            asked(client, body(rows=[ROW]))
