"""The app over ASGI: who may ask, what is refused and how, and that nothing leaks to a client."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from labelfeed.serving.app import ServingError, make_app
from labelfeed.serving.page import PAGE_FILES
from tests.serving._runs import ROW, answered, body, several

JSON = {"content-type": "application/json"}


@contextlib.contextmanager
def client(service=None, **options):
    app = make_app(service or several(), **options)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="module")
def plain():
    with client(most_bytes=3000) as found:
        yield found


def test_predict_ask_and_what_is_told(plain) -> None:
    found = plain.post("/predict", json={"rows": [ROW], "known": {"fever": "yes"}})
    assert found.status_code == 200
    assert found.json() == answered(several(), body(rows=[ROW], known={"fever": "yes"}))[0]
    asked = plain.post("/ask", json={"row": ROW, "about": "cough", "known": {}})
    assert [q["label"] for q in asked.json()["ask"]]
    assert plain.get("/health").json() == {"status": "ok"}
    assert plain.get("/model").json()["name"] == "several"
    assert plain.get("/openapi.json").json()["openapi"].startswith("3.1")


def test_the_page_and_headers(plain) -> None:
    for path, (_, kind) in PAGE_FILES.items():
        found = plain.get(path)
        assert found.status_code == 200 and found.headers["content-type"].startswith(kind)
    for found in (plain.get("/"), plain.get("/nothing"), plain.post("/predict")):
        assert "default-src 'none'" in found.headers["content-security-policy"]
        assert found.headers["x-content-type-options"] == "nosniff"
        assert not any(name.startswith("access-control") for name in found.headers)


@pytest.mark.parametrize(
    ("status", "content", "headers"),
    [
        (400, b"{", JSON),
        (400, b'{"rows": [{"age": NaN}]}', JSON),
        (413, b" " * 3001, JSON),
        (413, b" " * 50_000, JSON),
        (413, body(rows=[ROW] * 6), JSON),
        (415, body(rows=[ROW]), {"content-type": "text/plain"}),
        (422, body(rows=[{**ROW, "age": "old"}]), JSON),
        (422, body(rows=[ROW], known={"colour": "green"}), JSON),
        (422, body(rows=[ROW], known=[]), JSON),
        (422, body(rows=[]), JSON),
    ],
)
def test_what_is_wrong_has_its_status_and_a_reason(plain, status, content, headers) -> None:
    found = plain.post("/predict", content=content, headers=headers)
    assert found.status_code == status, found.text
    assert found.json()["error"]["message"] and "Traceback" not in found.text


def test_a_body_without_a_length_is_counted_too(plain) -> None:
    found = plain.post("/predict", content=iter([b" " * 2000] * 2), headers=JSON)
    assert found.status_code == 413


def test_errors_name_row_and_column(plain) -> None:
    error = plain.post("/predict", json={"rows": [ROW, {**ROW, "age": "old"}]}).json()["error"]
    assert (error["row"], error["column"]) == (2, "age")
    assert (plain.get("/nothing").status_code, plain.get("/predict").status_code) == (404, 405)
    assert plain.get("/predict").json()["error"]["message"]


def test_other_names_of_this_machine_are_not_answered(plain) -> None:
    for host in ("localhost:8000", "[::1]:8000", "127.0.0.1"):
        assert plain.get("/model", headers={"host": host}).status_code == 200
    for host in ("evil.example", "evil.example:8000", "localhost.evil.example", ""):
        assert plain.get("/model", headers={"host": host}).status_code == 403


def test_the_token() -> None:
    with client(token="s3cret") as found:
        for given in (None, "Bearer wrong", "Bearer ", "Basic s3cret", "s3cret", "Bearer \xe9"):
            headers = {} if given is None else {"authorization": given.encode("latin-1")}
            for path in ("/model", "/openapi.json"):
                assert found.get(path, headers=headers).status_code == 401
            refused = found.post("/predict", json={"rows": [ROW]}, headers=headers)
            assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer"
        right = {"authorization": "Bearer s3cret", "host": "some.example"}
        assert found.post("/predict", json={"rows": [ROW]}, headers=right).status_code == 200
        assert found.get("/").status_code == 200 and "s3cret" not in found.get("/").text


def test_an_error_of_ours_shows_an_id_and_the_log_the_rest(caplog) -> None:
    service = several()
    service.run.model.before.append(lambda: [][1])
    with caplog.at_level(logging.ERROR), client(service) as found:
        failed = found.post("/predict", json={"rows": [ROW]})
    error = failed.json()["error"]
    assert failed.status_code == 500 and "index" not in failed.text
    assert error["id"] in caplog.text and "IndexError" in caplog.text


def test_requests_at_once_are_answered_as_alone_and_together() -> None:
    service, go = several(), threading.Event()
    bodies = [body(rows=[{**ROW, "age": age}]) for age in range(12)]
    alone = [answered(several(), one)[0]["predictions"][0]["cough"] for one in bodies]
    service.run.model.before.append(lambda: go.wait(5))
    with client(service) as found, ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(found.post, "/predict", content=b, headers=JSON) for b in bodies]
        time.sleep(0.3)
        go.set()
        answers = [one.result().json()["predictions"][0]["cough"] for one in asked]
    for one, other in zip(answers, alone, strict=True):
        assert one["probabilities"] == pytest.approx(other["probabilities"])
    assert max(service.run.model.calls) > 1 and sum(service.run.model.calls) == 12


def test_too_slow_is_504() -> None:
    service, go = several(), threading.Event()
    service.run.model.before.append(lambda: go.wait(5))
    with client(service, timeout=0.05) as found:
        late = found.post("/predict", json={"rows": [ROW]})
        go.set()
        assert late.status_code == 504 and "No answer within 0.05 s" in late.text


def test_without_starlette_the_extra_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    with pytest.raises(ServingError, match=r"pip install 'labelfeed\[serve\]'"):
        make_app(several())


def test_large_bodies_are_read_beside_the_loop() -> None:
    with client(several(most_rows=4000)) as found:
        content = json.dumps({"rows": [ROW] * 2000}).encode()
        assert len(content) > 1 << 16
        answer = found.post("/predict", content=content, headers=JSON)
        assert len(answer.json()["predictions"]) == 2000


def test_half_a_character_is_refused_and_does_not_break_the_answer(plain) -> None:
    content = body(rows=[ROW], known={"fever": "\ud800"})
    found = plain.post("/predict", content=content, headers=JSON)
    assert found.status_code == 422 and found.json()["error"]["column"] == "fever"
