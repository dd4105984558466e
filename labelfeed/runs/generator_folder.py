"""The folder of a generator: `.keras` and JSON, as every run, with a codec for a preprocessing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from labelfeed.generate import ConditionalDiffusion
from labelfeed.models.keras_private import without_tensorflow
from labelfeed.options import GenerateOptions
from labelfeed.records.held_out import HELD_OUT
from labelfeed.records.record import check_model, read_object, read_record, read_split
from labelfeed.records.stored import CARD
from labelfeed.records.training_log import LOG
from labelfeed.runs.generator import Generator
from labelfeed.runs.kept import CODEC, FORMAT, MODEL, PREPROCESS, RUN, SEEN, SPLIT, RunError
from labelfeed.runs.saving import check_free
from labelfeed.synthetic import TableCodec
from labelfeed.synthetic.combinations import Combinations
from labelfeed.synthetic.pictures import PictureCodec
from labelfeed.types import JSON
from labelfeed.writing import replacing_files, settle

__all__ = ["is_generator", "load_generator", "save_generator"]


def is_generator(path: str | Path) -> bool:
    """Tell whether a run folder holds a generator; `False` where there is no run."""
    try:
        options = read_object(Path(path) / RUN).get("options")
    except ValueError:
        return False
    return isinstance(options, dict) and options.get("strategy") == GenerateOptions.strategy


def save_generator(run: Generator, path: str | Path, overwrite: bool = False) -> Path:
    """Write a generator's folder: `model.keras`, `run.json`, `codec.json`, `split.json`.

    Args:
        run: What to save.
        path: Folder; its parents are made.
        overwrite: Whether the files of a run that is there may be replaced.

    Returns:
        The path.

    Raises:
        RunError: Something is there already, or the folder cannot be written.
    """
    path = Path(path)
    check_free(path, overwrite)
    before = (path / RUN).exists()
    codec = {
        **run.codec.to_json(),
        "combinations": run.combinations.to_json(),
        "spelling": run.spelling,
    }
    record = {
        "format": FORMAT,
        "versions": run.versions,
        "label": run.spec.get_config(),
        "sides": [spec.get_config() for spec in run.sides],
        "options": run.options,
        "data": run.data,
        "metrics": run.metrics,
    }
    try:
        with replacing_files(path) as fresh:
            with without_tensorflow():
                run.model.save(fresh / MODEL)
            for name, content in ((CODEC, codec), (SPLIT, run.split), (RUN, record)):
                _write(fresh / name, content)
        if before:  # what belongs to the run that stood there
            for name in (CARD, LOG, PREPROCESS, SEEN, HELD_OUT):
                (path / name).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error}") from error
    return path


def load_generator(path: str | Path) -> Generator:
    """Load a generator's folder, under whatever Keras backend is running.

    Args:
        path: The folder, as `labelfeed train --strategy generate` or `save_generator` wrote it.

    Raises:
        RunError: It is no run folder, holds no generator, or a piece of it is missing, broken or
            does not fit.
    """
    path = Path(path)
    if not path.is_dir():
        raise RunError(f"{path}: no such run folder.")
    try:
        settle(path)
        spec, parts = read_record(path / RUN)
        if parts["options"].get("strategy") != GenerateOptions.strategy:
            raise RunError(
                f"{path} is no generator but a run of {parts['options'].get('strategy')!r}, which "
                "predicts: labelfeed predict. A generator is trained by labelfeed train --strategy "
                "generate."
            )
        described, split = read_object(path / CODEC), read_split(path / SPLIT)
    except OSError as error:
        raise RunError(f"{path}: its last replacement was cut off, and {error}") from error
    except RunError:
        raise
    except ValueError as error:
        raise RunError(str(error)) from error
    model = _load_model(path / MODEL)
    if model.spec != spec:
        raise RunError(f"{path}: {MODEL} and {RUN} have different labels; one was exchanged.")
    try:
        codec = _codec(described)
        combinations = Combinations.from_json(described.get("combinations"), _classes(model))
        spelling = _spelling(described.get("spelling", {}))
    except ValueError as error:
        raise RunError(f"{path / CODEC}: {error}") from error
    shape = tuple(model.network.outputs[0].shape[1:])
    made = (codec.width,) if isinstance(codec, TableCodec) else codec.shape
    if shape != made:
        raise RunError(
            f"{path}: {MODEL} makes {list(shape)}, {CODEC} reads {list(made)}; one was exchanged."
        )
    return Generator(model, codec, combinations, spelling, split=split, **parts)


def _load_model(path: Path) -> ConditionalDiffusion:
    if not path.is_file():
        raise RunError(f"{path.parent} is no complete run: {path.name} is missing.")
    try:
        check_model(path)
        with without_tensorflow():
            model = keras.saving.load_model(path)
    except Exception as error:  # a broken archive raises what its broken part happens to raise
        reason = (str(error).strip() or type(error).__name__).split("\n")[0]
        raise RunError(f"{path} cannot be loaded: {reason}") from error
    if type(model) is not ConditionalDiffusion:
        raise RunError(f"{path} holds a {type(model).__name__}, not a ConditionalDiffusion.")
    return model


def _classes(model: ConditionalDiffusion) -> list[int]:
    columns: tuple[Any, ...] = (*model.spec.label_columns, *model.sides)
    return [column.num_classes for column in columns]


def _codec(described: Mapping[str, Any]) -> TableCodec | PictureCodec:
    kind = PictureCodec if "pictures" in described else TableCodec
    codec: TableCodec | PictureCodec = kind.from_json(described)
    return codec


def _spelling(described: JSON) -> dict[str, dict[str, str]]:
    fits = isinstance(described, dict) and all(
        isinstance(words, dict) and all(isinstance(word, str) for word in words.values())
        for words in described.values()
    )
    if not fits:
        raise ValueError("spelling must be an object of a word for each class of each column")
    found: dict[str, dict[str, str]] = described
    return found


def _write(path: Path, content: JSON) -> None:
    indent = None if path.name == CODEC else 1  # its numbers are many
    text = json.dumps(content, indent=indent, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
