"""Which Keras backend the command line runs on; `import labelfeed` never chooses one."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = [
    "BACKENDS",
    "BackendError",
    "choose_backend",
    "export_backend",
    "hushed",
    "start_backend",
]

BACKENDS = ("tensorflow", "jax", "torch")


_NEEDLESS = ("jax", "matplotlib.pyplot")


class BackendError(RuntimeError):
    """A Keras backend that is not installed, or not the one that runs already."""


def choose_backend(wanted: str | None = None) -> str:
    """Choose the backend and tell Keras, which must not be imported yet.

    In this order: `wanted`, `KERAS_BACKEND`, Keras's own config file if that backend is installed
    (Keras writes the file by itself, so it is no firm choice), the first one installed.

    Args:
        wanted: `"tensorflow"`, `"jax"`, `"torch"` or `None`.

    Returns:
        The name of the backend.

    Raises:
        BackendError: It is not installed or unknown, none is installed, or another one runs.
    """
    if "keras" in sys.modules:
        running = str(sys.modules["keras"].backend.backend())
        if wanted not in (None, running):
            raise BackendError(f"Keras runs on {running} already; it cannot change to {wanted}.")
        return running
    asked = wanted or os.environ.get("KERAS_BACKEND")
    if asked:
        _check(asked, "--backend" if wanted else "KERAS_BACKEND")
    else:
        configured = _configured()
        order = [configured, *BACKENDS] if configured else [*BACKENDS]
        asked = next((name for name in order if _installed(name)), None)
        if asked is None:
            raise BackendError(
                "No Keras backend is installed. Install one: pip install 'labelfeed[tensorflow]', "
                "'labelfeed[jax]' or 'labelfeed[torch]'."
            )
    os.environ["KERAS_BACKEND"] = asked
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its start messages are not for users
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # nor is advice on tracing
    return asked


def export_backend(format: str) -> str | None:
    """Return the backend that writes a format of `labelfeed export`.

    `None` for the usual one, or the one that runs already: then another process writes.
    """
    if format == "keras" or "keras" in sys.modules or not _installed("tensorflow"):
        return None
    return "tensorflow"


def start_backend(backend: str | None) -> None:
    """Choose the backend, then import Keras without what TensorFlow writes to fd 2 meanwhile.

    Nor with what Keras imports to have it where it is installed, and no command needs: a tenth to
    a fifth of its start.
    """
    choose_backend(backend)
    if "--debug" not in sys.argv and "keras" not in sys.modules:
        with hushed():
            _import_keras()


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Keep what compiled code writes to fd 2 meanwhile from the user, but under `--debug`."""
    if "--debug" in sys.argv:
        yield
        return
    with tempfile.TemporaryFile() as nowhere:
        try:
            stderr = os.dup(2)
        except OSError:  # there is no stderr
            yield
            return
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


def _import_keras() -> None:
    """Import Keras as if `_NEEDLESS`, but for the backend itself, were not installed.

    Keras imports each of them in a `try` of its own. Where a release does so no more, it is
    imported with all that it asks for.
    """
    backend = os.environ.get("KERAS_BACKEND")
    hidden = [n for n in _NEEDLESS if n != backend and n not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: not installed
    with contextlib.suppress(ImportError):
        importlib.import_module("keras")
    for name in hidden:
        if sys.modules.get(name) is None:
            sys.modules.pop(name, None)
    importlib.import_module("keras")


def _check(name: str, origin: str) -> None:
    if name not in BACKENDS:
        raise BackendError(f"{origin} must be one of {', '.join(BACKENDS)}, got {name!r}.")
    if not _installed(name):
        raise BackendError(
            f"{origin} asks for {name}, which is not installed: pip install 'labelfeed[{name}]'."
        )


def _installed(name: str) -> bool:
    return name in BACKENDS and importlib.util.find_spec(name) is not None


def _configured() -> str | None:
    """Return the backend that Keras's config file names, if it can be read."""
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    try:
        found = json.loads((Path(home) / "keras.json").read_text(encoding="utf-8"))
        return str(found["backend"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
