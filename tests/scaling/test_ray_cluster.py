import socket
import sys

import pytest

from labelfeed.scaling import ray_cluster
from labelfeed.scaling.errors import ScalingError


def test_without_ray_the_error_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ScalingError, match=r"pip install 'labelfeed\[ray\]'"):
        ray_cluster.train_on_ray(["train"], "local", 2, str(tmp_path / "run"))


def test_a_worker_that_fails_says_its_exit_code(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["labelfeed"])
    with pytest.raises(ScalingError, match="exit code 2"):
        ray_cluster.run_here(["no-such-command"])
    assert sys.argv == ["labelfeed", "no-such-command"]


def test_what_workers_write_is_repeated(tmp_path, capsys):
    said = tmp_path / "said.txt"
    with ray_cluster._repeating(said):
        said.write_text("train 1/3\ntrain 2/3\n", encoding="utf-8")
    assert capsys.readouterr().out == "train 1/3\ntrain 2/3\n"


def test_jax_finds_the_port_behind_the_free_one_free():
    with socket.socket() as beside:
        beside.bind(("", ray_cluster._free_port() + 1))
