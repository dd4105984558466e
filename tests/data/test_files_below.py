from __future__ import annotations

import os

import pytest

from labelfeed.data.files_below import files_below


@pytest.fixture
def root(tmp_path):
    for place in ("top/b/1", "top/a/deep/2", "top/.secret/3", "top/.4", "outside/5"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("x")
    return tmp_path / "top"


def names(root, paths):
    return [path.relative_to(root).as_posix() for path in paths]


def test_all_depths_hidden_ones_on_demand(root):
    assert names(root, files_below(root).paths) == ["a/deep/2", "b/1"]
    assert names(root, files_below(root, hidden=True).paths) == [
        ".4", ".secret/3", "a/deep/2", "b/1",
    ]  # fmt: skip
    assert files_below(root).notes(root) == ()


def test_links_are_followed_once(root):
    (root / "away").symlink_to(root.parent / "outside")
    (root / "file").symlink_to(root / "b" / "1")
    (root / "again").symlink_to(root / "b")
    (root / "a" / "loop").symlink_to(root)
    (root / "gone").symlink_to(root / "nothing")
    (root / "self").symlink_to(root / "self")
    found = files_below(root)
    assert names(root, found.paths) == ["a/deep/2", "away/5", "b/1", "file"]
    assert found.notes(root) == (
        "1 link(s) to folders followed (first: away)",
        "2 link(s) to folders left out that are read under another name (first: a/loop)",
        "2 link(s) to nothing left out (first: gone)",
    )


def test_a_folder_deeper_than_the_stack_and_the_longest_path(root):
    there = os.getcwd()
    os.chdir(root)
    try:
        for _ in range(2500):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(there)
    found = files_below(root)
    assert names(root, found.paths) == ["a/deep/2", "b/1"]
    assert len(found.unreadable) == 1  # below, a path is longer than the system takes
    assert len(found.notes(root)[0]) < 300
    remove(root, 2499)


def remove(root, depth) -> None:
    """Remove the deep folder: the fixture of pytest cannot."""
    there = os.open(".", os.O_RDONLY)
    os.chdir(root)
    for _ in range(depth):
        os.chdir("d")
    for _ in range(depth + 1):
        os.rmdir("d")
        os.chdir("..")
    os.fchdir(there)
    os.close(there)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_closed_folder_is_named(root):
    (root / "b").chmod(0)
    assert "cannot be read (first: b)" in files_below(root).notes(root)[0]
    (root / "b").chmod(0o700)
