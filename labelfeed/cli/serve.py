"""`labelfeed serve`: a run as an API and a page."""

from __future__ import annotations

from pathlib import Path

from labelfeed.cli.console import note, say
from labelfeed.cli.opened import open_run
from labelfeed.serving.server import serve
from labelfeed.serving.service import Service

__all__ = ["run_serve"]


def run_serve(
    run: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: str | None = None,
    most_rows: int = 1000,
    timeout: float = 30.0,
    trust: bool | str = False,
    backend: str | None = None,
    quiet: bool = False,
) -> None:
    """Serve a run until Ctrl-C.

    Args:
        run: Run folder.
        host: Address to listen on.
        port: Its port; 0 for any that is free.
        token: What clients must send; made where one is needed.
        most_rows: Rows of one request.
        timeout: Seconds for a request.
        trust: Whether the run may import its own code; see `load_run`.
        backend: Keras backend to run on; by default the ONNX copy where there is one.
        quiet: Show no notes; the address is shown anyway.
    """
    loaded = open_run(run, lambda line: note(line, quiet), backend=backend, trust=trust)
    service = Service(loaded, Path(run).resolve().name, most_rows)
    try:
        serve(service, host, port, token, timeout, say)
    except KeyboardInterrupt:  # uvicorn has answered what was accepted, and raises it again
        note("stopped", quiet)
