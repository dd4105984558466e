"""The folder that a long training keeps while it goes on: what is done, as arrays and JSON."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from labelfeed.records.record import read_object
from labelfeed.types import JSON
from labelfeed.writing import CHECKPOINT_EVERY, dispose, replacing

__all__ = ["CHECKPOINT", "Checkpoint", "CheckpointError", "Piece"]

CHECKPOINT = "checkpoint"
"""The folder in that of a run."""

Piece: TypeAlias = tuple[str, Mapping[str, np.ndarray], JSON]
"""Name, arrays and JSON of a piece."""

_FORMAT = 1
_ABOUT, _TOLD, _SUM, _UNSCORED = "about.json", "__told__", "__sum__", "unscored"
_SHARE = 50  # a checkpoint costs at most one of so many seconds
_BROKEN = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


class CheckpointError(ValueError):
    """A checkpoint that is not of this training; the message says what differs."""


class Checkpoint:
    """What a training has done so far, each piece a file that is whole or not there.

    A piece is named arrays (`.npz`, never a pickle) with something of JSON beside them. Nothing is
    written before `every` seconds of training are at stake, nor more often than what a piece costs
    to write allows: 2 % of the time. A piece that cannot be written, or read any more, is told
    and left out: then more is computed anew, with the same result.

    Args:
        folder: Where the pieces stand; made with the first.
        about: Returns what tells one training from another, JSON types by name. Called when a piece
            is read or written first.
        every: Seconds between two pieces, >= 0; 0: each is written.
        overwrite: Whether the checkpoint of another training is replaced.
        tell: Called with each line that the user should know.

    Raises:
        CheckpointError: The folder holds the checkpoint of another training, or something else.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp(), "checkpoint")
        >>> checkpoint = Checkpoint(folder, lambda: {"--seed": 1}, every=0)
        >>> checkpoint.write("part", {"x": np.arange(3)}, {"epoch": 2})
        True
        >>> arrays, told = Checkpoint(folder, lambda: {"--seed": 1}).read("part")
        >>> arrays["x"].tolist(), told
        ([0, 1, 2], {'epoch': 2})
    """

    def __init__(
        self,
        folder: str | Path,
        about: Callable[[], Mapping[str, JSON]],
        *,
        every: float = CHECKPOINT_EVERY,
        overwrite: bool = False,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Read what training the folder is of, if it is there."""
        self.folder, self.every = Path(folder), every
        self._about, self.tell = about, tell or (lambda line: None)
        self._written, self._cost, self._failed = time.monotonic(), 0.0, False
        self._lock = threading.RLock()
        self._waiting: list[Callable[[], Piece | None]] = []
        self._begun = False
        if self.folder.exists():
            self._open(overwrite)

    @property
    def found(self) -> bool:
        """Whether there are pieces of earlier."""
        return self._begun

    def names(self, start: str = "") -> list[str]:
        """Return the names of the pieces that begin with a text."""
        found = [name for name in _names(self.folder) if name.endswith(".npz")]
        return [n.removesuffix(".npz") for n in found if n.startswith(start)] if self.found else []

    def due(self) -> bool:
        """Return whether what was done since the last piece is worth one."""
        since = time.monotonic() - self._written
        return since >= max(self.every, _SHARE * self._cost if self.every else 0.0)

    def write(self, name: str, arrays: Mapping[str, np.ndarray], told: JSON = None) -> bool:
        """Write a piece; what stands under its name is replaced when it is complete.

        Args:
            name: Of the file, without its ending.
            arrays: By name; of numbers or truth values, or structured.
            told: Anything of JSON.

        Returns:
            Whether it is written; if not, why has been told.
        """
        with self._lock:
            start = time.monotonic()
            try:
                self._begin()
                text = np.frombuffer(json.dumps(told).encode(), np.uint8)
                with replacing(self.folder / f"{name}.npz") as draft:
                    parts = _plain({**arrays, _TOLD: text})
                    np.savez(draft, **{**parts, _SUM: _sum(parts)})
            except OSError as error:
                if not self._failed:
                    self.tell(
                        f"No checkpoint is written: {error}. The training goes on; if it is "
                        "stopped, it goes on later from the checkpoint before."
                    )
                self._failed = True
            else:
                self._failed = False
            self._written = time.monotonic()
            self._cost = self._written - start
            return not self._failed

    def read(self, name: str) -> tuple[dict[str, np.ndarray], JSON] | None:
        """Return the arrays and the rest of a piece; `None` where there is none that is whole."""
        path = self.folder / f"{name}.npz"
        if not self._begun or not path.is_file():
            return None
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {key: file[key] for key in file.files}
            found = arrays.pop(_SUM)
            arrays_alone = all(isinstance(part, np.ndarray) for part in arrays.values())
            if not arrays_alone or not np.array_equal(found, _sum(arrays)):
                raise ValueError("it is not as it was written")
            return arrays, json.loads(arrays.pop(_TOLD).tobytes())
        except _BROKEN as error:
            self.tell(f"{path} is broken and left out ({error}): its part is computed anew.")
            return None

    def offer(self, piece: Callable[[], Piece | None]) -> None:
        """Have a piece written as soon as a checkpoint is due; until then it waits in memory.

        Args:
            piece: Returns the arguments of `write` when they are needed; `None`: it is not kept.
        """
        if not np.isfinite(self.every):
            return
        with self._lock:
            self._waiting.append(piece)
        if self.due():
            self.flush()

    def flush(self) -> None:
        """Write what was offered, in its order."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for piece in waiting:
            found = piece()
            if found is not None:
                self.write(*found)

    def mark_unscored(self) -> None:
        """Note that a run beside this folder is of this training, which is not complete."""
        with contextlib.suppress(OSError):
            self._begin()
            (self.folder / _UNSCORED).touch()

    @staticmethod
    def is_unscored(folder: str | Path) -> bool:
        """Tell whether the run beside a checkpoint's folder is of a training that may go on."""
        return (Path(folder) / _UNSCORED).is_file()

    def remove(self) -> None:
        """Remove the folder: the training is complete, or cannot be."""
        if self._begun:
            dispose(self.folder)
        self._begun = False

    def _begin(self) -> None:
        if self._begun:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with replacing(self.folder / _ABOUT) as draft:
            known = {"format": _FORMAT, **self._about()}
            draft.write_text(json.dumps(known, indent=1), encoding="utf-8")
        self._begun = True

    def _open(self, overwrite: bool) -> None:
        about = self.folder / _ABOUT
        if not self.folder.is_dir():
            raise CheckpointError(f"{self.folder} is a file; it should be a checkpoint's folder.")
        if not about.is_file():
            if any(name != _UNSCORED and not name.startswith(".") for name in _names(self.folder)):
                raise CheckpointError(
                    f"{self.folder} holds other files and is no checkpoint; choose another folder."
                )
            return
        try:
            stored = read_object(about)
        except ValueError as error:
            if not overwrite:
                raise CheckpointError(
                    f"{error} It says of which training the checkpoint is: remove {self.folder}, "
                    "or --overwrite (overwrite=True) to start anew."
                ) from error
            stored = {}
        self._begun = True
        known = json.loads(json.dumps({"format": _FORMAT, **self._about()}))
        differ = [n for n in {**known, **stored} if stored.get(n) != known.get(n)]
        if not differ:
            return
        if not overwrite:
            raise CheckpointError(
                f"{self.folder} is the checkpoint of another training: {_said(differ[0], stored)}, "
                f"not {_said(differ[0], known)}. Train as before to go on with it, give another "
                "folder, or --overwrite (overwrite=True) to start anew."
            )
        self.tell(f"Starts anew: the checkpoint there is of a training with {differ[0]} otherwise")
        self.remove()


def _plain(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    plain = {name: np.asarray(array) for name, array in arrays.items()}
    if objects := [name for name, array in plain.items() if array.dtype.hasobject]:
        raise TypeError(f"Arrays of objects cannot be kept without a pickle: {objects}.")
    return plain


def _sum(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return a checksum of names, types, shapes and values: that of the archive is of each file."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {arrays[name].shape};".encode())
        digest.update(array.tobytes())
    return np.frombuffer(digest.digest(), np.uint8)


def _said(name: str, values: Mapping[str, Any]) -> str:
    text = str(values.get(name))
    return f"{name} {text if len(text) <= 60 else text[:57] + '...'}"


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
