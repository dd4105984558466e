from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from labelfeed import writing
from labelfeed.writing import (
    is_draft,
    leftovers,
    replacing,
    replacing_files,
    settle,
    try_place,
)


class Killed(BaseException):
    """Stands for a kill, of which nothing is caught or tidied."""


def read(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in folder.iterdir() if p.is_file()}


def write(folder: Path, **files: str) -> None:
    with replacing_files(folder) as fresh:
        for name, text in files.items():
            (fresh / name).write_text(text)


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_a_file_that_is_not_finished_leaves_the_earlier_one(tmp_path, error):
    (tmp_path / "t.csv").write_text("earlier")
    with pytest.raises(error), replacing(tmp_path / "t.csv") as draft:
        draft.write_text("half")
        raise error
    assert read(tmp_path) == {"t.csv": "earlier"}


def test_a_link_and_the_rights_of_a_file_stay(tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("earlier")
    real.chmod(0o640)
    link.symlink_to(real)
    with replacing(link) as draft:
        assert draft.suffix == ".csv"  # NumPy adds an ending where its own is missing
        draft.write_text("new")
    assert link.is_symlink() and real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_itself():
    with replacing(os.devnull) as draft:
        draft.write_text("x")
    assert not Path(os.devnull).is_file()


def test_files_of_others_stay(tmp_path):
    (tmp_path / "thesis.docx").write_text("years")
    write(tmp_path, a="1", b="1")
    write(tmp_path, a="2", b="2")
    assert read(tmp_path) == {"thesis.docx": "years", "a": "2", "b": "2"}
    assert len(list(tmp_path.iterdir())) == 3


def test_a_link_to_a_folder_stays_and_dots_are_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", a="1")
    write(tmp_path / "real" / ".." / "other" / "deep", a="2")
    assert (tmp_path / "link").is_symlink() and read(tmp_path / "real") == {"a": "1"}
    assert read(tmp_path / "other" / "deep") == {"a": "2"}


def test_the_folder_itself_is_never_moved(tmp_path, monkeypatch):
    """A mount point cannot be, and its parent may be read-only."""
    write(tmp_path / "run", a="1")
    for name in ("replace", "rename"):
        real = getattr(os, name)

        def inside(src, dst, real=real):
            assert (tmp_path / "run") in Path(src).parents and (tmp_path / "run") in Path(
                dst
            ).parents
            real(src, dst)

        monkeypatch.setattr(os, name, inside)
    write(tmp_path / "run", a="2")
    assert read(tmp_path / "run") == {"a": "2"}


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("moves", range(5))
def test_all_files_are_replaced_or_none(tmp_path, monkeypatch, moves, error):
    run = tmp_path / "run"
    write(run, a="old", b="old")
    real, left = os.replace, [moves]

    def fail_once(src, dst):
        left[0] -= 1
        if left[0] == -1:
            raise error
        real(src, dst)

    monkeypatch.setattr(os, "replace", fail_once)
    if moves < 4:
        with pytest.raises(error):
            write(run, a="new", b="new")
    else:  # there are four moves
        write(run, a="new", b="new")
    value = "old" if moves < 4 else "new"
    assert read(run) == {"a": value, "b": value}
    assert len(list(run.iterdir())) == 2


@pytest.mark.parametrize("moves", range(4))
def test_a_kill_while_files_take_their_places_leaves_the_new_ones(tmp_path, monkeypatch, moves):
    run = tmp_path / "run"
    write(run, a="old", b="old")
    with monkeypatch.context() as patch:
        real, left = os.replace, [moves]

        def killed(src, dst):  # once dead, nothing moves: not even to tidy up
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            real(src, dst)

        rename = os.rename

        def dead(src, dst):
            if left[0] < 0:
                raise Killed
            rename(src, dst)

        patch.setattr(os, "replace", killed)
        patch.setattr(os, "rename", dead)
        patch.setattr(writing.shutil, "rmtree", lambda *a, **k: None)
        with pytest.raises(Killed):
            write(run, a="new", b="new")
    settle(run)
    assert read(run) == {"a": "new", "b": "new"}
    assert len(list(run.iterdir())) == 2


@pytest.mark.parametrize("gone", ["new", "old"])
def test_a_kill_while_the_old_files_are_removed_leaves_the_new_ones(tmp_path, monkeypatch, gone):
    run, remove = tmp_path / "run", writing.shutil.rmtree
    write(run, a="old", b="old")

    def killed(place, **how):
        remove(place / gone, ignore_errors=True)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(writing.shutil, "rmtree", killed)
        with pytest.raises(Killed):
            write(run, a="new")
    settle(run)
    assert read(run) == {"a": "new", "b": "old"}
    (left,) = leftovers(run)
    left.rename(run / writing._READY)  # as versions before this one left it
    settle(run)
    assert read(run) == {"a": "new", "b": "old"} and not leftovers(run)


def test_what_a_kill_leaves_is_found(tmp_path, monkeypatch):
    write(tmp_path, a="old")
    with monkeypatch.context() as patch:
        patch.setattr(writing.shutil, "rmtree", lambda *a, **k: None)
        patch.setattr(Path, "unlink", lambda *a, **k: None)
        with pytest.raises(Killed), replacing_files(tmp_path):
            raise Killed
        with pytest.raises(Killed), replacing(tmp_path / "table.csv") as draft:
            draft.write_text("half")
            raise Killed
    assert len(leftovers(tmp_path)) == 2
    assert leftovers(tmp_path, "table.csv") == [draft] and leftovers(tmp_path, "other.csv") == []
    assert all(is_draft(p.name) for p in leftovers(tmp_path)) and not is_draft("run.json")
    assert leftovers(tmp_path / "none") == []
    write(tmp_path, a="new")
    assert (tmp_path / "a").read_text() == "new"


def test_a_failure_takes_the_new_folders_away(tmp_path):
    with pytest.raises(ValueError), replacing_files(tmp_path / "x" / "y"):
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_a_place_is_tried_without_a_trace(tmp_path, monkeypatch):
    try_place(tmp_path / "x" / "y", "table.csv")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("x")
    for folder, name in (("file", "f"), ("file/x", "f"), ("x" * 300, "f"), ("ok", "f" * 300)):
        with pytest.raises(OSError):
            try_place(tmp_path / folder, name)
    (tmp_path / "dangling").symlink_to("file/x")
    with pytest.raises(OSError):
        try_place(tmp_path / "dangling")

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        try_place(tmp_path / "x" / "y")
    assert [p.name for p in tmp_path.iterdir()] != [] and not (tmp_path / "x").exists()
    assert not leftovers(tmp_path)


def test_a_real_kill_at_any_step_leaves_one_version_whole(tmp_path):
    code = f"""
        import os, runpy, signal, sys
        found = runpy.run_path({writing.__file__!r})  # without Keras: it starts at once
        run, step = sys.argv[1], int(sys.argv[2])
        def count(event, args):
            global step
            if event == "os.rename" and run in str(args[0]):
                step -= 1
                if step < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(count)
        with found["replacing_files"](run) as fresh:
            for name in "ab":
                (fresh / name).write_text("new")
    """
    ended = []
    for step in range(7):  # the step that counts, four moves, the cleaning, and none
        run = tmp_path / str(step)
        write(run, a="old", b="old")
        command = [sys.executable, "-c", textwrap.dedent(code), str(run), str(step)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        ended.append(done.returncode)
        value = "new" if step else "old"
        assert len(leftovers(run)) == (step == 0)
        settle(run)
        assert read(run) == {"a": value, "b": value}, done.stderr
    assert ended == [-signal.SIGKILL] * 6 + [0]
