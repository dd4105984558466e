"""Files and folders of files that are written whole or not at all, whatever cuts the writing off.

What is written stands beside its place first, under a name of ours, and takes the place when it is
complete. Of several files the step that counts is one rename: before it the old ones are whole, and
after it the new ones are, some perhaps still waiting in `_READY`; `settle` moves those.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

__all__ = [
    "CHECKPOINT_EVERY",
    "dispose",
    "is_draft",
    "leftovers",
    "replacing",
    "replacing_files",
    "scratch_folder",
    "settle",
    "try_place",
]

CHECKPOINT_EVERY = 10.0
"""Seconds between two checkpoints of a training, at least; a shorter one writes none."""

_DRAFT = ".labelfeed-draft-"
_READY = ".labelfeed-ready"  # holds `new`, and `old` while these take their places
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)  # a file system that has no such thing


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a draft to write; it takes the place of `path` when the block ends well.

    Until then, and whatever happens, what stands at `path` stays whole. A link stays a link, and
    the folders of the file are made. A pipe or device is written itself.

    Args:
        path: File to write. The draft has the same ending.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp(), "deep", "table.csv")
        >>> with replacing(path) as draft:
        ...     _ = draft.write_text("a,b")
        >>> path.read_text()
        'a,b'
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        yield path
        return
    draft = path.with_name(f"{_draft()}-{path.stem[:40]}{path.suffix}")
    try:
        yield draft
        if path.exists():
            shutil.copymode(path, draft)
        _to_disk(draft)
        os.replace(draft, path)
        _to_disk(path.parent)
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing_files(folder: str | Path) -> Iterator[Path]:
    """Yield an empty folder; its files take their places in `folder` when the block ends well.

    All of them do, or none: on any error the files that stood there stand there again, and a kill
    leaves the old ones or the new ones whole. Other files in the folder are not touched. Nothing is
    moved but files inside the folder, so that it may be a mount point or a link.

    Args:
        folder: Where the files shall stand; it is made, and taken away again on an error.
    """
    folder = Path(os.path.realpath(folder))
    made = _make(folder)
    draft = folder / _draft()
    try:
        (draft / "new").mkdir(parents=True)
        yield draft / "new"
        settle(folder)  # what an earlier writer had ready
        for place in (*sorted((draft / "new").iterdir()), draft / "new", draft):
            _to_disk(place)
        os.rename(draft, folder / _READY)  # from here on the new files count
        _to_disk(folder)
        settle(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        _unmake(made)
        raise


def settle(folder: str | Path) -> None:
    """Finish what a kill cut off: move files that were complete to their places.

    Args:
        folder: A folder that `replacing_files` may have written.

    Raises:
        OSError: A file cannot be moved; all are as before.
    """
    folder = Path(os.path.realpath(folder))
    ready = folder / _READY
    if not ready.is_dir():
        return
    new, old = ready / "new", ready / "old"
    if not new.is_dir():  # all were moved, and a kill cut the cleaning off
        dispose(ready)
        return
    moved: list[str] = []
    try:
        old.mkdir(exist_ok=True)
        for name in sorted(os.listdir(new)):
            moved.append(name)
            if (folder / name).exists():
                os.replace(folder / name, old / name)
            os.replace(new / name, folder / name)
    except BaseException:
        for name in reversed(moved):
            if not (new / name).exists():
                os.replace(folder / name, new / name)
            if (old / name).exists():
                os.replace(old / name, folder / name)
        dispose(ready)
        raise
    dispose(ready)


def try_place(folder: str | Path, name: str = "file") -> None:
    """Raise `OSError` unless a file can be written to a folder; leave nothing behind.

    Args:
        folder: The folder; it need not be there.
        name: Name of the file.
    """
    folder = Path(os.path.realpath(folder))
    probe = folder / _draft()
    made = _make(folder)
    try:
        probe.mkdir()
        (probe / name).write_bytes(bytes(4096))  # a full disk takes an empty file
    finally:
        shutil.rmtree(probe, ignore_errors=True)
        _unmake(made)


def is_draft(name: str) -> bool:
    """Return whether a file or folder has a name that only unfinished writing has."""
    return name.startswith((_DRAFT, _READY))


def leftovers(folder: str | Path, file: str | None = None) -> list[Path]:
    """Return the drafts that a kill left in a folder (or that somebody is writing just now).

    Args:
        folder: The folder; it need not be there.
        file: Only drafts of this file; all when `None`.
    """
    end = "" if file is None else f"-{Path(file).stem[:40]}{Path(file).suffix}"
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    return [Path(folder, n) for n in names if n.startswith(_DRAFT) and n.endswith(end)]


@contextlib.contextmanager
def scratch_folder(folder: str | Path, name: str) -> Iterator[Path]:
    """Yield a new folder inside `folder`, which is removed in the end; a kill leaves it behind.

    Args:
        folder: Where; made if it is not there.
        name: By which `leftovers` finds it.
    """
    place = Path(folder) / f"{_draft()}-{name}"
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _to_disk(path: Path) -> None:
    """Wait until a file or folder is on the disk: power may fail between it and its new name."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:  # not made by the writer, or a folder where folders cannot be opened (Windows)
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(handle)


def dispose(folder: str | Path) -> None:
    """Remove a folder that is done with; renamed first, so that a part of it is never read again.

    Args:
        folder: The folder; what cannot be removed stays, under the name of a draft.
    """
    folder = Path(os.path.realpath(folder))
    draft = folder.with_name(_draft())
    try:
        os.rename(folder, draft)
    except OSError:
        draft = folder
    shutil.rmtree(draft, ignore_errors=True)


def _draft() -> str:
    return _DRAFT + secrets.token_hex(4)


def _make(folder: Path) -> list[Path]:
    """Make a folder and its parents; return those that are new, the outermost first."""
    new = [place for place in (folder, *folder.parents) if not place.exists()][::-1]
    made: list[Path] = []
    try:
        for place in new:
            place.mkdir(exist_ok=True)
            made.append(place)
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is no folder")
    except BaseException:
        _unmake(made)
        raise
    return made


def _unmake(made: list[Path]) -> None:
    for place in reversed(made):
        with contextlib.suppress(OSError):  # somebody else uses it
            place.rmdir()
