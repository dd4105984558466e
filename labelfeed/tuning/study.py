"""The folder of a study: what it is of, its trials (Optuna's journal), and what is taken."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labelfeed.options import OptionError, TrainingOptions
from labelfeed.tuning.errors import TuningError
from labelfeed.tuning.result import as_options, with_settings
from labelfeed.tuning.store import JOURNAL
from labelfeed.types import JSON
from labelfeed.writing import is_draft, replacing

__all__ = ["STUDY", "Study", "differing", "load_study", "open_folder", "write_study"]

STUDY = "study.json"
_FORMAT = 1
_OWN = ("file", "target", "sides", "rows", "test")
_WORDS = {
    "file": "another data file",
    "rows": "rows that were read otherwise (labels, side labels, groups, cells)",
    "test": "other test rows (--test-share, --seed, --group)",
    "version": "another version of labelfeed",
    "space": "other ranges of settings",
}


@dataclasses.dataclass(frozen=True)
class Study:
    """A study as `train --like` needs it.

    Args:
        path: Its folder.
        about: What it is of, see `identity` of `labelfeed.tuning.tune`.
        settings: Options that differ from the defaults.
    """

    path: Path
    about: Mapping[str, Any]
    settings: Mapping[str, Any]

    def options(self, asked: TrainingOptions) -> TrainingOptions:
        """Return the options of a training like the study.

        Args:
            asked: What is asked for beside it; it may repeat what the study was made with.

        Raises:
            OptionError: It asks for something else, or the study was made with code that is not
                named again: a study may come from somebody else.
            TuningError: Its record holds what is no option.
        """
        given: dict[str, Any] = dict(self.about["given"])
        strategy = str(self.about["strategy"])
        for name in ("network", "plain"):
            place = {**given, **self.settings}.get(name)
            if ":" in str(place) and asked.given.get(name) != place:
                raise OptionError(
                    f"--like {self.path}: the study was made with code, --{name} {place}. It is "
                    "imported only when you say so: give that option too."
                )
        if asked.strategy not in ("auto", strategy, self.about["asked"]):
            raise OptionError(
                f"--like {self.path}: the study is of the strategy {strategy!r}, not "
                f"{asked.strategy!r}: leave --strategy out."
            )
        try:
            wanted = with_settings(given, self.settings)
            made = TrainingOptions(strategy, given=wanted)
            own = made.of(strategy)
        except (TypeError, AttributeError) as error:
            raise TuningError(f"{self.path / STUDY} is broken: {error}") from error
        for name, value in asked.given.items():
            there = wanted.get(name, getattr(own, name, None))  # its default, where none was given
            if there != value:
                has = "the default" if there is None else as_options({name: there})
                raise OptionError(
                    f"--like {self.path}: the study has {has}, not {as_options({name: value})}: "
                    "leave it out, or leave --like out."
                )
        return made

    def check(self, about: Mapping[str, Any]) -> None:
        """Raise `TuningError` unless rows and test part are those of the study.

        Args:
            about: Of the present training.
        """
        if found := differing(self.about, about, _OWN):
            raise TuningError(
                f"{self.path} is a study of {found}. Its settings were chosen for those rows, and "
                "its test rows were not seen: give the same data and options, or tune again."
            )


def load_study(path: str | Path) -> Study:
    """Return the study of a folder.

    Raises:
        TuningError: There is none, it is broken, or no settings are chosen yet.
    """
    path = Path(path)
    if not (path / STUDY).is_file():
        raise TuningError(f"{path} is no folder of a study: {STUDY} is missing.")
    record = _read(path)
    result = record.get("result")
    if not isinstance(result, dict):
        raise TuningError(
            f"{path}: this study is not finished; the same `labelfeed tune` goes on, and with "
            "--trials N it ends after N."
        )
    try:
        about = dict(record["about"])
        about |= {"given": dict(about["given"]), "strategy": about["strategy"]}
        return Study(path, {"asked": "auto", **about}, dict(result["settings"]))
    except (KeyError, TypeError, ValueError) as error:
        raise TuningError(f"{path / STUDY} is broken: {error!r}.") from error


def open_folder(folder: Path, about: Mapping[str, Any], overwrite: bool = False) -> None:
    """Make the folder of a study, or see that the one that is there is the same study.

    Args:
        folder: The folder.
        about: What the study is of, JSON types.
        overwrite: Whether another study in it is replaced.

    Raises:
        TuningError: It holds another study, or something else.
        OSError: It cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise TuningError(f"{folder} is a file; give a folder.")
    there = (folder / STUDY).is_file()
    if there and not overwrite:
        if found := differing(_read(folder).get("about", {}), about, tuple(about)):
            raise TuningError(
                f"{folder} holds a study of {found}. Give another folder, or --overwrite "
                "(overwrite=True) to replace it."
            )
        return
    inside = {p.name for p in folder.iterdir() if not is_draft(p.name)} if folder.exists() else {}
    if inside and not there:
        raise TuningError(f"{folder} holds other things than a study; give another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{JOURNAL}*"):
        old.unlink()
    write_study(folder, about, None)


def write_study(folder: Path, about: Mapping[str, Any], result: JSON) -> None:
    """Write the record of a study, whole or not at all.

    Args:
        folder: Its folder.
        about: What it is of.
        result: `Tuned.to_dict()`; `None` until settings are chosen.
    """
    content = {"format": _FORMAT, "about": dict(about), "result": result}
    with replacing(folder / STUDY) as draft:
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
        draft.write_text(text + "\n", encoding="utf-8")


def differing(stored: Mapping[str, Any], about: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Return what differs between two studies, in words; "" for nothing.

    Example:
        >>> differing({"seed": 0, "file": "a"}, {"seed": 1, "file": "a"}, ("file", "seed"))
        'seed 0, not 1'
    """
    for name in names:
        if stored.get(name) != about.get(name):
            told = f"{name} {stored.get(name)!r}, not {about.get(name)!r}"
            return _WORDS.get(name, told)
    return ""


def _read(folder: Path) -> dict[str, Any]:
    path = folder / STUDY
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise TuningError(f"{path} is broken: {error}") from error
    if not isinstance(record, dict) or not isinstance(record.get("about"), dict):
        raise TuningError(f"{path} is no record of a study.")
    if record.get("format") != _FORMAT:
        raise TuningError(
            f"{path} has the format {record.get('format')!r}; this version of labelfeed reads "
            f"{_FORMAT}."
        )
    return record
