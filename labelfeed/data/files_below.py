"""The files of a folder, at any depth, with links followed once and what is left out said."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

__all__ = ["Files", "files_below"]


@dataclasses.dataclass(frozen=True)
class Files:
    """Files of a folder.

    Args:
        paths: The files, sorted; each begins with the folder.
        linked: Links to folders that were followed.
        repeated: Links to folders that are read already: a loop, or a second name.
        dangling: Links to nothing.
        unreadable: Folders that cannot be read.
    """

    paths: tuple[Path, ...]
    linked: tuple[Path, ...] = ()
    repeated: tuple[Path, ...] = ()
    dangling: tuple[Path, ...] = ()
    unreadable: tuple[Path, ...] = ()

    def notes(self, folder: Path) -> tuple[str, ...]:
        """Return a line about each kind of link, and about what cannot be read."""
        kinds = (
            (self.linked, "link(s) to folders followed"),
            (self.repeated, "link(s) to folders left out that are read under another name"),
            (self.dangling, "link(s) to nothing left out"),
            (self.unreadable, "folder(s) left out that cannot be read"),
        )
        return tuple(
            f"{len(paths)} {what} (first: {paths[0].relative_to(folder).as_posix()[:200]})"
            for paths, what in kinds
            if paths
        )


def files_below(folder: Path, hidden: bool = False) -> Files:
    """Return the files of a folder and of the folders in it.

    Folders come before links to folders, so that a folder keeps its own name; each is read once,
    so that a loop of links ends.

    Args:
        folder: The folder.
        hidden: Whether files and folders that begin with a dot count.
    """
    files: list[Path] = []
    linked: list[Path] = []
    repeated: list[Path] = []
    dangling: list[Path] = []
    unreadable: list[Path] = []
    read: set[tuple[int, int]] = set()
    links = [folder]
    while links:
        start = links.pop(0)
        stack = [start]
        while stack:  # not recursive: a folder can be deeper than Python's stack
            here = stack.pop()
            try:
                told = os.stat(here)
                if (told.st_dev, told.st_ino) in read:
                    repeated.append(here)
                    continue
                read.add((told.st_dev, told.st_ino))
                entries = sorted(os.scandir(here), key=lambda entry: entry.name)
            except OSError:
                unreadable.append(here)
                continue
            if here is start and here is not folder:
                linked.append(here)
            for entry in entries:
                if entry.name.startswith(".") and not hidden:
                    continue
                path = here / entry.name
                if _is(entry, "is_dir"):
                    (links if entry.is_symlink() else stack).append(path)
                elif _is(entry, "is_file"):
                    files.append(path)
                elif entry.is_symlink() and not os.path.exists(path):
                    dangling.append(path)
    return Files(*(tuple(sorted(p)) for p in (files, linked, repeated, dangling, unreadable)))


def _is(entry: os.DirEntry[str], what: str) -> bool:
    try:
        return bool(getattr(entry, what)())
    except OSError:  # a link to itself
        return False
