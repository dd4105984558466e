"""Clients of a server on loopback: HTTP/1.1 over kept connections, so that they cost little."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

__all__ = ["Load", "answers", "load"]


@dataclasses.dataclass(frozen=True)
class Load:
    """What clients saw: answered requests a second, and their latencies in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int


def request(path: str, body: bytes, kind: str = "application/json") -> bytes:
    """Return a POST as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Read an answer; return its status and whether the connection is kept."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))
    return int(head.split(b" ", 2)[1]), b"connection: close" not in head


async def _client(port: int, draw: Callable[[], bytes | None], told: Callable) -> None:
    reader = writer = None
    while (content := draw()) is not None:
        if writer is None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        start = time.perf_counter()
        writer.write(content)
        try:
            status, kept = await _answer(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            status, kept = 0, False  # lost
        told(content, status, time.perf_counter() - start)
        if not kept:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()


def load(port: int, content: bytes, clients: int, seconds: float) -> Load:
    """Send one request again and again from several clients.

    Args:
        port: Of the server.
        content: The request.
        clients: How many wait for an answer at a time.
        seconds: How long, after a tenth of it to warm up.
    """
    found: list[tuple[int, float]] = []
    start = time.perf_counter() + seconds / 10
    end = start + seconds

    def told(_: bytes, status: int, took: float) -> None:
        if start <= time.perf_counter() <= end:
            found.append((status, took))

    def draw() -> bytes | None:
        return content if time.perf_counter() < end else None

    asyncio.run(_all(port, clients, draw, told))
    milliseconds = 1000 * np.array([took for _, took in found] or [np.nan])
    p50, p99 = np.percentile(milliseconds, [50, 99])
    failed = sum(status != 200 for status, _ in found)
    return Load((len(found) - failed) / seconds, float(p50), float(p99), failed)


def answers(port: int, requests: Iterator[tuple[bytes, int]], clients: int) -> Counter:
    """Send requests, each once, and count `(status that was due, status that came)`; 0: none came.

    Args:
        port: Of the server.
        requests: Each with the status that it is due.
        clients: How many wait for an answer at a time.
    """
    due: dict[int, int] = {}
    found: Counter = Counter()

    def draw() -> bytes | None:
        content, status = next(requests, (None, 0))
        if content is not None:
            due[id(content)] = status
        return content

    def told(content: bytes, status: int, _: float) -> None:
        found[due.pop(id(content)), status] += 1

    asyncio.run(_all(port, clients, draw, told))
    return found


async def _all(port: int, clients: int, draw: Callable, told: Callable) -> None:
    await asyncio.gather(*(_client(port, draw, told) for _ in range(clients)))
