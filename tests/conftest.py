"""Chooses the Keras backend of this process before anything imports Keras.

`--backend jax` runs the tests that touch Keras on JAX; `--backend none` runs the others, with
Keras blocked. Without the option, all tests run in one process on `KERAS_BACKEND` or the first
backend found: handy while editing. `python -m tests` runs all of them as they should be run.
"""

from __future__ import annotations

import collections
import gc
import importlib.util
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tests._backends import BACKENDS, ROOT, KerasBlocker, touches_keras

pytest_plugins = ("tests._runs",)  # one run of each kind, trained once

# The command line, pages and benchmarks stand on what is tested on every backend elsewhere.
_ON_ONE = {"benchmarks", "checks", "cli", "report", "serving"}
_ONE = "torch"  # the quickest
_CHOICE = pytest.StashKey[str]()
_COMPILED = pytest.StashKey[tuple[bool, int]]()  # quickly or not, and for how many files so far
_KEPT_FILES = 6  # JAX keeps what it compiled for as many
# Programs that XLA compiled, on disk for all processes and the next run: half of the time on JAX.
_PROGRAMS = {
    "JAX_COMPILATION_CACHE_DIR": str(ROOT / ".pytest_cache" / "jax-programs"),
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}
_HOME = pytest.StashKey[tempfile.TemporaryDirectory]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--backend",
        choices=("none", *BACKENDS),
        help="run the tests that touch Keras on this backend; none: run the tests that do not",
    )


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ["MPLBACKEND"] = "Agg"
    # A shell that runs the tests in its background has them ignore Ctrl-C, and all that they start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Keras reads and writes a file in its home: a user's float16 there must not reach the tests.
    config.stash[_HOME] = tempfile.TemporaryDirectory(prefix="labelfeed-keras-")
    os.environ["KERAS_HOME"] = config.stash[_HOME].name
    choice = config.getoption("--backend") or os.environ.get("KERAS_BACKEND") or _first_installed()
    config.stash[_CHOICE] = choice
    if choice == "jax" and not version("jax").startswith("0.4."):  # whose cache mixes programs up
        os.environ.update(_PROGRAMS | os.environ)
    if choice == "none":
        sys.meta_path.insert(0, KerasBlocker())
    else:
        os.environ["KERAS_BACKEND"] = choice


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_HOME].cleanup()


def pytest_report_header(config: pytest.Config) -> str:
    choice = config.stash[_CHOICE]
    if choice == "none":
        return "labelfeed: tests that do not touch Keras"
    scope = "tests that touch Keras" if config.getoption("--backend") else "all tests"
    return f"labelfeed: {scope}, on {choice}"


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> object:
    """Leave a file of the other kind alone: it is not even imported."""
    chosen = parent.config.getoption("--backend")
    if chosen is None or touches_keras(module_path) == (chosen != "none"):
        return None
    return _Elsewhere.from_parent(parent, path=module_path)


class _Elsewhere(pytest.Module):
    """A test file that runs in another process of `python -m tests`."""

    def collect(self) -> list:
        return []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    choice = config.stash[_CHOICE]
    kept, dropped = [], []
    for item in items:
        names = [name for mark in item.iter_markers("only_backend") for name in mark.args]
        above = not _ON_ONE.isdisjoint(item.path.relative_to(config.rootpath).parts)
        if above and not names and not item.get_closest_marker("every_backend"):
            names = [_ONE] if choice in BACKENDS else []  # without Keras there is one run anyway
        if wrong := set(names) - set(BACKENDS):
            raise pytest.UsageError(f"{item.nodeid}: only_backend takes {BACKENDS}, got {wrong}")
        (kept if not names or choice in names else dropped).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept
    tests = collections.Counter(item.path for item in items)
    items.sort(key=lambda item: (_judged(item.path), -tests[item.path]))


def _judged(path: Path) -> bool:
    """Return whether numbers of that file are judged against a reference."""
    return not set(path.parts).isdisjoint({"heads", "layers", "losses", "visibility"})


@pytest.fixture(autouse=True)
def _fresh_keras(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start every test that touches Keras from the same global state and seed."""
    if not touches_keras(request.path):
        yield
        return
    import keras

    wanted, got = request.config.stash[_CHOICE], keras.backend.backend()
    assert got == wanted, f"Keras runs on {got}, expected {wanted}: it was imported too early."
    floatx = keras.config.floatx()
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(0)
    yield
    keras.config.set_floatx(floatx)


@pytest.fixture(autouse=True, scope="module")
def _programs_of_jax(request: pytest.FixtureRequest) -> None:
    """Compile quickly what is run a few times, and drop what was compiled for some files before.

    XLA's optimizations took a third of the time of the suite on JAX; where numbers are judged
    against a reference they stay on (those files come last). With thousands of programs each new
    one is slow; yet files share some, and dropping them takes 0.4 s.
    """
    if request.config.stash[_CHOICE] != "jax" or not touches_keras(request.path):
        return
    import jax

    quick = not _judged(request.path)
    before, files = request.config.stash.get(_COMPILED, (quick, _KEPT_FILES))
    if files == _KEPT_FILES or before != quick:
        jax.clear_caches()
        gc.collect()
        jax.config.update("jax_disable_most_optimizations", quick)
        files = 0
    request.config.stash[_COMPILED] = (quick, files + 1)


@pytest.fixture(autouse=True, scope="module")
def _collected(request: pytest.FixtureRequest) -> Iterator[None]:
    """Drop the graphs of a file when it is done: a full collection of thousands took a minute.

    What was imported is frozen first, so that no collection goes through it: a third of the
    processor time on TensorFlow.
    """
    yield
    if request.config.stash[_CHOICE] in BACKENDS and touches_keras(request.path):
        gc.collect()
        if not gc.get_freeze_count():
            gc.freeze()


@pytest.fixture
def keras_backend(request: pytest.FixtureRequest) -> str:
    """The backend of this run; using it makes the file one that touches Keras."""
    return request.config.stash[_CHOICE]


def _first_installed() -> str:
    for name in ("jax", "tensorflow", "torch"):
        if importlib.util.find_spec(name):
            return name
    return "none"
