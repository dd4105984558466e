import sys

import pytest
from click.testing import CliRunner

from labelfeed.cli import scaling
from labelfeed.cli.main import main
from labelfeed.scaling.errors import ScalingError


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--devices", "0"], "neither a number >= 1 nor 'all'"),
        (["--workers", "2"], "--workers needs --cluster"),
    ],
)
def test_what_cannot_be_is_said_before_anything_starts(given, says):
    done = CliRunner().invoke(main, ["train", "x.csv", "--target", "y", "--out", "run", *given])
    assert done.exit_code == 2 and says in done.output


def test_several_workers_are_refused_on_tensorflow(monkeypatch):
    monkeypatch.setattr(scaling, "choose_backend", lambda backend: "tensorflow")
    with pytest.raises(ScalingError, match="20585"):
        scaling.submit("local", 2, "run", None)


def test_workers_that_would_cut_classes_are_refused(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["labelfeed", "train", "--shard-classes"])
    with pytest.raises(ScalingError, match="in one process, not in 2"):
        scaling.submit("local", 2, "run", "jax")


def test_workers_run_the_command_without_its_cluster(monkeypatch):
    seen = []
    monkeypatch.setattr(scaling, "train_on_ray", lambda *given: seen.append(given))
    monkeypatch.setattr(scaling, "choose_backend", lambda backend: "jax")
    words = "labelfeed train x.csv --cluster local --workers=2 --out run --epochs 3".split()
    monkeypatch.setattr(sys, "argv", words)
    scaling.submit("local", 2, "run", None)
    wanted = "train x.csv --out run --epochs 3 --backend jax".split()
    assert seen == [(wanted, "local", 2, "run")]


def test_processes_but_the_first_write_where_nobody_looks(monkeypatch):
    for name, value in zip(
        ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"), "1 2 here 1".split(), strict=True
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(scaling, "choose_backend", lambda: "jax")
    monkeypatch.setattr(scaling, "join", lambda processes, backend: None)
    shared = {"devices": None}
    with scaling.shared_training(shared, "run") as first:
        assert not first and shared["devices"] == "all" and shared["out"] != "run"


def test_torch_gets_a_process_for_each_device(monkeypatch):
    torch = pytest.importorskip("torch")
    started = []

    def start(command, check):
        started.append(command)
        raise ScalingError("started")

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(scaling.subprocess, "run", start)
    monkeypatch.setattr(scaling, "choose_backend", lambda: "torch")
    monkeypatch.setattr(sys, "argv", ["labelfeed", "train", "x.csv"])
    with pytest.raises(ScalingError), scaling.shared_training({"devices": "all"}, "run"):
        pass
    assert "--nproc-per-node=2" in started[0] and started[0][-3:] == ["labelfeed", "train", "x.csv"]
