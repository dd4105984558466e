"""uvicorn in front of the app: the socket, the token, and an end that loses nothing."""

from __future__ import annotations

import ipaddress
import logging
import os
import secrets
import socket
from collections.abc import Callable
from typing import Any

from labelfeed.serving.app import ServingError, make_app
from labelfeed.serving.service import Service

__all__ = ["is_loopback", "serve"]

_CONNECTIONS = 1000
_SHORTEST = 8  # characters of a token: an empty one would let everybody in
_FINISH = 30  # seconds for what was accepted, once the server is asked to stop


def serve(
    service: Service,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: str | None = None,
    timeout: float = 30.0,
    tell: Callable[[str], None] = print,
) -> None:
    """Serve until Ctrl-C or SIGTERM; what was accepted by then is answered.

    Args:
        service: What answers.
        host: Address to listen on; on any but a loopback one a token is asked for.
        port: Its port; 0 for any that is free.
        token: The token; made and told where one is needed and none is given.
        timeout: Seconds for a request.
        tell: Called with a line for the user: where it listens.

    Raises:
        ServingError: uvicorn is not installed (names the extra), or the token is too short.
        OSError: The address is taken, or none of this machine.
    """
    if token is not None and len(token) < _SHORTEST:
        raise ServingError(f"A token needs at least {_SHORTEST} characters; got {len(token)}.")
    local = is_loopback(host)
    if token is None and not local:
        token = secrets.token_urlsafe(24)
    app = make_app(service, token, timeout=timeout)
    try:
        import uvicorn
    except ImportError as error:
        raise ServingError("A server needs uvicorn: pip install 'labelfeed[serve]'.") from error
    logging.getLogger("labelfeed.serving").addHandler(logging.StreamHandler())
    config: Any = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        limit_concurrency=_CONNECTIONS,
        backlog=_CONNECTIONS,
        timeout_graceful_shutdown=_FINISH,
    )
    with _listening(host, port) as listener:
        where, number = listener.getsockname()[:2]
        shown = f"[{where}]" if ":" in where else where
        page = f"http://{shown}:{number}/" + ("" if token is None else f"#token={token}")
        tell(f"{service.name} is served at {page} (Ctrl-C ends it)")
        if not local:
            tell("note: the token travels unencrypted; across a network put TLS in front")
        uvicorn.Server(config).run(sockets=[listener])


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address.

    Example:
        >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
        (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # With the protocol named asyncio sends answers at once (TCP_NODELAY): 40 ms sooner.
        listener = socket.socket(family, kind, socket.IPPROTO_TCP)
        try:
            if os.name == "posix":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_CONNECTIONS)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise OSError(
            f"cannot listen on {host}, port {port}: {error}. Choose others with --host and --port."
        ) from error
    return listener
