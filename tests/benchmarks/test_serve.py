"""The clients of the serve benchmark count what a server answers, and what it does not."""

from __future__ import annotations

import json
import socket
import threading

import uvicorn

from benchmarks.serve import mixed
from benchmarks.serve_client import answers, load, request
from labelfeed.serving.app import make_app
from tests.serving._runs import ROW, several


def test_good_and_bad_requests_get_what_they_are_due() -> None:
    config = uvicorn.Config(make_app(several(50)), log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            found = answers(port, mixed([ROW] * 8, "cough", 90), 4)
            speed = load(port, request("/predict", json.dumps({"rows": [ROW]}).encode()), 2, 0.2)
        finally:
            server.should_exit = True
            thread.join(10)
    assert found.total() == 90 and all(due == came for due, came in found), found
    assert {due for due, _ in found} == {200, 400, 404, 413, 415, 422}
    assert speed.failed == 0 and speed.per_second > 0 and speed.p50_ms <= speed.p99_ms


def test_a_connection_that_is_cut_is_counted_as_lost() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def cut() -> None:
            with listener.accept()[0] as connection:
                connection.recv(10)

        thread = threading.Thread(target=cut)
        thread.start()
        found = answers(listener.getsockname()[1], iter([(request("/", b""), 200)]), 1)
        thread.join(10)
    assert found == {(200, 0): 1}
