from __future__ import annotations

import errno
import zipfile
from pathlib import Path

import numpy as np
import pytest

from labelfeed.records.checkpoint import Checkpoint, CheckpointError

ABOUT = {"--seed": 1, "data file": "abc"}
X = np.arange(6.0).reshape(2, 3)


def made(folder: Path, told: list[str] | None = None, every: float = 0, **about: object):
    tell = None if told is None else told.append
    return Checkpoint(folder, lambda: {**ABOUT, **about}, every=every, tell=tell)


def test_pieces_are_read_by_the_next_start_and_removed_at_the_end(tmp_path: Path) -> None:
    first = made(tmp_path / "deep" / "work")
    assert first.write("one", {"x": X, "y": X[:, 0] > 0}, {"epoch": 3, "loss": 0.1 + 0.2})
    found = made(tmp_path / "deep" / "work")
    assert found.found and found.names("o") == ["one"]
    arrays, told = found.read("one") or ({}, None)
    assert told == {"epoch": 3, "loss": 0.1 + 0.2} and arrays["x"].tobytes() == X.tobytes()
    assert arrays["y"].tolist() == [False, True] and found.read("two") is None
    found.remove()
    assert not (tmp_path / "deep" / "work").exists() and not found.found


def test_a_short_training_writes_nothing(tmp_path: Path) -> None:
    checkpoint = made(tmp_path / "work", every=60)
    checkpoint.offer(lambda: ("one", {"x": X}, None))
    assert not checkpoint.due() and not (tmp_path / "work").exists()
    checkpoint.every = 0  # so much time has passed
    checkpoint.offer(lambda: ("two", {"x": X}, None))
    assert checkpoint.names() == ["one", "two"]
    checkpoint.offer(lambda: None)  # cannot be kept
    assert checkpoint.names() == ["one", "two"]
    never = made(tmp_path / "never", every=float("inf"))
    never.offer(lambda: ("one", {"x": X}, None))
    never.flush()
    assert not (tmp_path / "never").exists()


def test_what_costs_much_to_write_is_written_less_often(tmp_path: Path) -> None:
    checkpoint = made(tmp_path / "work", every=1e-9)
    assert checkpoint.due()
    checkpoint._cost = 60.0  # as if the last piece had taken a minute
    assert not checkpoint.due()


def test_the_checkpoint_of_another_training_is_refused_by_what_differs(tmp_path: Path) -> None:
    made(tmp_path).write("one", {"x": X})
    with pytest.raises(CheckpointError, match=r"--seed 1, not --seed 2.*--overwrite"):
        made(tmp_path, **{"--seed": 2})
    assert made(tmp_path).found  # it still stands
    told: list[str] = []
    anew = Checkpoint(tmp_path, lambda: {"--seed": 2}, overwrite=True, tell=told.append)
    assert not anew.found and "anew" in told[0]
    (tmp_path / "other").mkdir(parents=True)
    (tmp_path / "other" / "thesis.tex").touch()
    with pytest.raises(CheckpointError, match="no checkpoint"):
        made(tmp_path / "other")
    made(tmp_path / "broken").write("one", {"x": X})
    (tmp_path / "broken" / "about.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"about\.json is broken.*remove"):
        made(tmp_path / "broken")


def test_a_broken_piece_is_told_and_left_out(tmp_path: Path) -> None:
    told: list[str] = []
    made(tmp_path).write("one", {"x": X})
    made(tmp_path).write("two", {"x": X})
    data = bytearray((tmp_path / "one.npz").read_bytes())
    data[data.index(X[1].tobytes())] ^= 255
    (tmp_path / "one.npz").write_bytes(data)
    found = made(tmp_path, told)
    assert found.read("one") is None and found.read("two") is not None
    (tmp_path / "two.npz").write_bytes(b"no archive")
    assert found.read("two") is None
    assert ["one.npz is broken" in told[0], "two.npz is broken" in told[1]] == [True, True]


def test_a_full_disk_is_told_once_and_leaves_the_last_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    checkpoint = made(tmp_path, told)
    checkpoint.write("one", {"x": X}, 1)

    def full(path: Path, **arrays: np.ndarray) -> None:
        Path(path).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("labelfeed.records.checkpoint.np.savez", full)
    assert not checkpoint.write("one", {"x": X}, 2) and not checkpoint.write("two", {"x": X}, 2)
    assert len(told) == 1 and "No space left on device" in told[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["about.json", "one.npz"]
    found = made(tmp_path).read("one")
    assert found is not None and found[1] == 1


def test_objects_are_not_kept_and_a_run_that_is_not_scored_is_marked(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="pickle"):
        made(tmp_path).write("one", {"x": np.array([{}], object)})
    assert not Checkpoint.is_unscored(tmp_path / "work")
    made(tmp_path / "work").mark_unscored()
    assert Checkpoint.is_unscored(tmp_path / "work") and made(tmp_path / "work").names() == []


@pytest.mark.parametrize("change", ["told", "array", "gone", "added", "bytes"])
def test_a_piece_that_is_not_as_it_was_written_is_left_out(tmp_path: Path, change: str) -> None:
    Checkpoint(tmp_path / "c", dict, every=0).write("p", {"x": np.arange(3)}, {"epoch": 2})
    path = tmp_path / "c" / "p.npz"
    with np.load(path) as file:
        arrays = {key: file[key] for key in file.files}
    if change == "told":
        arrays["__told__"] = np.frombuffer(b'{"epoch": 3}', np.uint8)
    elif change == "array":
        arrays["x"] = arrays["x"].reshape(3, 1)
    elif change == "gone":
        del arrays["x"]
    else:
        arrays["y"] = arrays["x"]
    np.savez(path, **arrays)
    if change == "bytes":
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("y", b"no array")
    lines: list[str] = []
    assert Checkpoint(tmp_path / "c", dict, tell=lines.append).read("p") is None
    assert "is broken and left out (it is not as it was written)" in lines[0]
