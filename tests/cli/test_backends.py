from __future__ import annotations

import json
import os
import sys

import pytest

from labelfeed.cli import backends
from labelfeed.cli.backends import BackendError, choose_backend


@pytest.fixture(autouse=True)
def world(monkeypatch, tmp_path):
    """No Keras loaded, nothing chosen, an empty Keras home; return a setter of what is there."""
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(os, "environ", dict(os.environ))

    def install(*names: str, config: object = None) -> None:
        found = {name: object() for name in names}
        monkeypatch.setattr(backends.importlib.util, "find_spec", found.get)
        if config is not None:
            text = config if isinstance(config, str) else json.dumps(config)
            (tmp_path / "keras.json").write_text(text)

    return install


def test_order(world):
    world("tensorflow", "jax", "torch", config={"backend": "torch"})
    os.environ["KERAS_BACKEND"] = "jax"
    assert choose_backend("tensorflow") == "tensorflow"
    assert os.environ["KERAS_BACKEND"] == "tensorflow"
    os.environ["KERAS_BACKEND"] = "jax"
    assert choose_backend() == "jax"
    del os.environ["KERAS_BACKEND"]
    assert choose_backend() == "torch"


def test_a_config_file_of_what_is_not_installed_is_no_choice(world):
    world("torch", config={"backend": "tensorflow"})
    assert choose_backend() == "torch"


@pytest.mark.parametrize("config", ["{broken", [], {"backend": "numpy"}, {}])
def test_a_strange_config_file_is_no_choice(world, config):
    world("jax", config=config)
    assert choose_backend() == "jax"


def test_missing_backends_name_the_extra(world):
    world("jax")
    with pytest.raises(BackendError, match=r"--backend asks for torch.*'labelfeed\[torch\]'"):
        choose_backend("torch")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with pytest.raises(BackendError, match=r"KERAS_BACKEND asks .*'labelfeed\[tensorflow\]'"):
        choose_backend()
    os.environ["KERAS_BACKEND"] = "theano"
    with pytest.raises(BackendError, match="must be one of tensorflow, jax, torch, got 'theano'"):
        choose_backend()


def test_none_installed(world):
    world()
    with pytest.raises(BackendError, match=r"No Keras backend is installed.*labelfeed\[tensorfl"):
        choose_backend()


def test_keras_that_runs_cannot_change(world, monkeypatch):
    world("jax", "torch")

    class Running:
        class backend:  # noqa: N801
            @staticmethod
            def backend() -> str:
                return "torch"

    monkeypatch.setitem(sys.modules, "keras", Running)
    assert choose_backend() == choose_backend("torch") == "torch"
    with pytest.raises(BackendError, match="runs on torch already"):
        choose_backend("jax")


@pytest.mark.parametrize("works", [True, False])
def test_keras_starts_without_what_no_command_needs(world, monkeypatch, works):
    needless = ("jax", "matplotlib.pyplot")
    for name in needless:
        monkeypatch.delitem(sys.modules, name, raising=False)
    os.environ["KERAS_BACKEND"] = "torch"
    hidden = []

    def imported(name):
        hidden.append([n for n in needless if sys.modules.get(n, "") is None])
        if not works and hidden[-1]:
            raise ImportError(name)

    monkeypatch.setattr(backends.importlib, "import_module", imported)
    backends._import_keras()
    assert hidden == [list(needless), []]  # and once more with all, which costs nothing if it is in
    assert not set(needless) & set(sys.modules)
    os.environ["KERAS_BACKEND"] = "jax"
    backends._import_keras()
    assert hidden[2] == ["matplotlib.pyplot"]


def test_tensorflow_writes_exports_unless_another_backend_runs(monkeypatch) -> None:
    monkeypatch.setattr(backends, "_installed", lambda name: True)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    assert backends.export_backend("onnx") == "tensorflow"
    assert backends.export_backend("keras") is None
    monkeypatch.setitem(sys.modules, "keras", sys)
    assert backends.export_backend("onnx") is None
