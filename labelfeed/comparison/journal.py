"""The folder of a comparison: what is compared, and a line for each split that is done."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from labelfeed import __version__
from labelfeed.comparison.design import Design
from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.trees import which_trees
from labelfeed.data.row_digest import row_digest
from labelfeed.writing import replacing

__all__ = ["Journal", "identity"]

_ABOUT, _LINES = "comparison.json", "splits.jsonl"
_WORDS = {
    "file": "another data file",
    "rows": "rows that were read otherwise (labels, side labels, groups, cells)",
    "version": "another version of labelfeed",
    "trees": "other boosted trees: LightGBM was installed or taken away",
}


def identity(design: Design) -> dict[str, Any]:
    """Return what tells one comparison from another, JSON types.

    Args:
        design: What is compared.
    """
    data = design.dataset
    return {
        "file": data.fingerprint,
        "rows": row_digest(data, design.groups),
        "version": __version__,
        "trees": which_trees(),
        "contenders": list(design.contenders),
        "plain": design.plain,
        "known_share": design.known_share,
        "metric": design.metric,
        "by": sorted(design.by),
        "folds": design.folds,
        "seed": design.seed,
    }


class Journal:
    """Results of splits, in memory, and in a folder where there is one.

    Each split is a line of JSON, written when it is done: what was done before an interruption is
    there afterwards. A line that a kill cut off is left out.

    Args:
        folder: The folder; `None`: nothing is written.
        design: What is compared.
        overwrite: Whether a comparison that is there is replaced.

    Raises:
        ComparisonError: The folder holds another comparison, or something else.
        OSError: It cannot be written.
    """

    def __init__(self, folder: str | Path | None, design: Design, overwrite: bool = False) -> None:
        self._folder = None if folder is None else Path(folder)
        self.splits: dict[tuple[int, int], dict[str, Any]] = {}
        self.looks: list[dict[str, Any]] = []
        if self._folder is None:
            return
        about, known = self._folder / _ABOUT, identity(design)
        if self._folder.exists() and not self._folder.is_dir():
            raise ComparisonError(f"{self._folder} is a file; give a folder.")
        if about.is_file() and not overwrite:
            self._check(known)
            self._read()
            return
        if not about.is_file() and self._folder.is_dir() and any(self._folder.iterdir()):
            raise ComparisonError(
                f"{self._folder} holds other things than a comparison; give another folder."
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / _LINES).unlink(missing_ok=True)
        with replacing(about) as draft:
            draft.write_text(json.dumps(known, indent=1), encoding="utf-8")

    def add(self, found: dict[str, Any]) -> None:
        """Keep the result of a split."""
        repeat, fold = found["split"]
        self.splits[int(repeat), int(fold)] = found
        self._write(found)

    def look(self, splits: int, alpha: float) -> None:
        """Keep that it was looked at, and what of the error rate that has used."""
        self.looks.append({"look": splits, "alpha": alpha})
        self._write(self.looks[-1])

    def _write(self, line: dict[str, Any]) -> None:
        if self._folder is None:
            return
        with open(self._folder / _LINES, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, allow_nan=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _check(self, known: dict[str, Any]) -> None:
        about = self._folder / _ABOUT  # type: ignore[operator]
        try:
            stored = json.loads(about.read_text(encoding="utf-8"))
            differ = [name for name in known if stored.get(name) != known[name]]
        except (ValueError, AttributeError) as error:
            raise ComparisonError(f"{about} is no comparison: {error}") from error
        if not differ:
            return
        what = _WORDS.get(differ[0]) or (
            f"{differ[0]} {stored.get(differ[0])!r}, not {known[differ[0]]!r}"
        )
        raise ComparisonError(
            f"{self._folder} holds a comparison with {what}. Give another folder, or --overwrite "
            "(overwrite=True) to replace it."
        )

    def _read(self) -> None:
        path = self._folder / _LINES  # type: ignore[operator]
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        kept = []
        for line in text.splitlines():
            try:
                found = json.loads(line)
                if "split" in found:
                    self.splits[int(found["split"][0]), int(found["split"][1])] = found
                else:
                    self.looks.append({"look": int(found["look"]), "alpha": float(found["alpha"])})
            except (ValueError, KeyError, TypeError):
                continue
            kept.append(line)
        if text != "".join(f"{line}\n" for line in kept):
            with replacing(path) as draft:
                draft.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
