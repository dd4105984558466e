"""The server as a process: it says where it listens, and ends when all is answered."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from labelfeed.serving.app import ServingError
from labelfeed.serving.server import _listening, is_loopback, serve
from tests.serving._runs import several

_SLOW = """
import time
from labelfeed.serving.app import ServingError
from labelfeed.serving.server import serve
from tests.serving._runs import several
service = several()
service.run.model.before.append(lambda: time.sleep(0.5))
serve(service, "0.0.0.0", 0, tell=lambda line: print(line, flush=True))
"""


def test_an_accepted_request_outlives_the_order_to_stop() -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW], stdout=subprocess.PIPE, text=True, env=env
    )
    try:
        _ask_and_stop(process)
    finally:
        process.kill()
        process.communicate()


def _ask_and_stop(process: subprocess.Popen) -> None:
    found = re.search(r":(\d+)/#token=(\S+) ", process.stdout.readline())
    assert found and "unencrypted" in process.stdout.readline()
    port, token = int(found[1]), found[2]
    assert httpx.get(f"http://127.0.0.1:{port}/model", timeout=20).status_code == 401
    content = b'{"rows": [{"age": 3, "sex": "f", "smokes": true, "visit": null}]}'
    head = (
        f"POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=0.2) as asked:
        asked.sendall(head.encode() + content)
        with pytest.raises(TimeoutError):
            asked.recv(1)
        process.send_signal(signal.SIGTERM)
        asked.settimeout(10)
        assert asked.recv(65536).startswith(b"HTTP/1.1 200")
    process.wait(10)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1, port {port}"):
            serve(several(), port=port)


def test_answers_are_sent_at_once() -> None:
    """asyncio sets TCP_NODELAY only where the protocol is named: else each answer waits 40 ms."""
    with _listening("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_an_empty_token_is_none() -> None:
    with pytest.raises(ServingError, match="at least 8 characters; got 0"):
        serve(several(), token="")


def test_loopback() -> None:
    assert is_loopback("localhost") and is_loopback("::1") and is_loopback("127.0.0.2")
    assert not is_loopback("0.0.0.0") and not is_loopback("::") and not is_loopback("a.example")
