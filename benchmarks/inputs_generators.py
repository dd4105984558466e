"""Generators: spoilt folders, `sample --known` and `--given` with odd values, odd tables to learn.

Rows that are asked for have what was asked, given cells stay as they stand; all else is refused.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.inputs_files import damaged
from benchmarks.inputs_runs import FOREIGN, TEXTS, one_value
from benchmarks.inputs_tally import Case
from labelfeed.cli.sample import run_sample
from labelfeed.data.frame import read_frame
from labelfeed.data.loading import load_data
from labelfeed.runs.generator_folder import load_generator, save_generator
from labelfeed.runs.kept import CODEC, MODEL, RUN, SPLIT
from labelfeed.runs.train_generator import train_generator
from tests._generators import TINY, small_generator
from tests._rows import table

__all__ = ["generator_case", "made_generator"]

_JSON = (CODEC, RUN, SPLIT)
_ROWS = 3

# What follows --known, and the value that rows then have; `None`: it must be refused.
_KNOWN: dict[str, dict[str, Any] | None] = {
    "class=ill": {"class": "ill"}, "Class=ILL": {"class": "ill"},
    " class = well ": {"class": "well"},
    "cough=1": {"cough": 1}, "cough=no": {"cough": 0}, "fever=yes": {"fever": "yes"},
    "sex=f": {"sex": "f"}, "age=63": {"age": 63.0},
    "class=ill,age=50": {"class": "ill", "age": 50.0},
    "smokes=True": {"smokes": True},
    **dict.fromkeys(["class=wel", "clas=ill", "class", "class=", "=ill", "", "=", ",", "class=1.5",
                     "class=ill,class=well", "sex=x", "age=old", "age=inf", "age=-inf", "age=1e999",
                     "cough=2", "cough=maybe", "fever=perhaps", "class==ill", "class=ill;age=3",
                     "\x00=1", "class=\x00", "x" * 1000, "class=" + "x" * 1000, "age=[1]",
                     "age=0x10", "age={}", "class=\u202eill", "no such=1", "id=p1", "__class__=1",
                     "age=1_0", "smokes=maybe", "sex=f,m"]),
}  # fmt: skip
# A cell of --given by column, as it is written; the second ones must be refused.
_GIVEN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "age": (("", "63", "63.0", " 63", "1e1", "-5"), ("old", "0x10", "6 3", "[1]")),
    "sex": (("", "f", "m"), ("x", "[f]", "\u202ef")),
    "smokes": (("", "True", "False"), ("perhaps", "2.5")),
    "class": (("", "ill", "well"), ("wel", "ill|well", "3.5", "=ill")),
    "cough": (("", "1", "0"), ("7", "maybe", "0.5")),
    "fever": (("", "yes", "no"), ("perhaps", "2.5")),
}  # fmt: skip


def made_generator(folder: Path) -> Path:
    """Write a generator of small rows that has hardly been trained."""
    folder.mkdir(parents=True)
    return save_generator(small_generator(folder).run, folder / "run")


def generator_case(seed: int, number: int, base: Path, folder: Path) -> Case:
    """Return the case of a number.

    Args:
        seed: Of all cases.
        number: Which case.
        base: The generator; it is not changed.
        folder: Where copies, tables and samples are written; what is there is removed.
    """
    rng = np.random.default_rng([seed, number])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return _DRAWS[rng.integers(len(_DRAWS))](rng, base, folder)


def _spoilt(rng: np.random.Generator, base: Path, folder: Path) -> Case:
    """Change a value, a text or bytes of a file of the run."""
    run = shutil.copytree(base, folder / "run")
    name = (*_JSON, *_JSON, MODEL)[rng.integers(7)]
    path, draw = run / name, rng.integers(4)
    refused = False
    if draw == 0 and name != MODEL:
        what, refused = list(TEXTS)[rng.integers(len(TEXTS))], True
        path.write_bytes(TEXTS[what])
    elif draw < 3 and name != MODEL:
        what, made = one_value(json.loads(path.read_text("utf-8")), rng)
        path.write_text(json.dumps(made), "utf-8")
    elif draw == 0:
        what, refused = list(FOREIGN)[rng.integers(len(FOREIGN))], True
        path.write_bytes(FOREIGN[what])
    else:
        content = bytearray(path.read_bytes())
        what = damaged(content, rng)
        path.write_bytes(content)

    def read() -> pd.DataFrame:
        return load_generator(run).sample(_ROWS, seed=0, steps=3)

    return Case(f"{name}: {what}", read, None if refused else _rows, True)


def _rows(made: pd.DataFrame) -> bool:
    return len(made) == _ROWS


def _known(rng: np.random.Generator, base: Path, folder: Path) -> Case:
    texts = list(_KNOWN)
    good = [text for text in texts if _KNOWN[text] is not None]
    some = good if rng.random() < 0.4 else texts
    given = [some[i] for i in rng.choice(len(some), rng.integers(1, 3), replace=False)]
    values = [_KNOWN[text] for text in given]
    asked = {name: value for one in values for name, value in (one or {}).items()}
    twice = len(asked) < sum(map(len, filter(None, values)))
    out = str(folder / "out.csv")

    def right(made: pd.DataFrame) -> bool:
        return _rows(made) and all((made[name] == value).all() for name, value in asked.items())

    what = f"--known {str(given)[:200]}"
    refused = twice or None in values
    return Case(what, lambda: _sample(base, out, known=given), None if refused else right)


def _sample(base: Path, out: str, **how: Any) -> pd.DataFrame:
    n = None if "given" in how else _ROWS
    run_sample(str(base), out, n=n, quiet=True, **how)
    return pd.read_csv(out)


def _given(rng: np.random.Generator, base: Path, folder: Path) -> Case:
    names = list(_GIVEN)
    some = [names[i] for i in sorted(rng.choice(len(names), rng.integers(1, 7), replace=False))]
    rows = [{n: _GIVEN[n][0][rng.integers(len(_GIVEN[n][0]))] for n in some} for _ in range(3)]
    bad, draw = False, rng.integers(4)
    if draw == 0:
        name = some[rng.integers(len(some))]
        rows[rng.integers(3)][name] = _GIVEN[name][1][rng.integers(len(_GIVEN[name][1]))]
        bad = True
    elif draw == 1:
        odd = ("no such", "Unnamed: 9", "__class__", "Age ")[rng.integers(4)]
        rows, bad = [{**row, odd: "1"} for row in rows], True
    path = folder / "given.csv"
    frame = pd.DataFrame(rows)
    frame.to_csv(path, index=False)

    def stands(made: pd.DataFrame) -> bool:
        told = pd.read_csv(folder / "out.csv", dtype=str, keep_default_na=False)
        cells = [(told[n][i], row[n]) for i, row in enumerate(rows) for n in some if row[n]]
        kept = all(found.strip() == cell.strip() for found, cell in cells)
        return len(made) == len(rows) and kept and not (told[some] == "").any(axis=None)

    out = str(folder / "out.csv")
    what = f"--given {frame.to_csv(index=False)!r}"[:250]
    refusable = bool(frame.eq("").all(axis=None)) or len(some) == 1  # empty lines
    return Case(
        what, lambda: _sample(base, out, given=str(path)), None if bad else stands, refusable
    )


def _trained(rng: np.random.Generator, base: Path, folder: Path) -> Case:
    """Learn an odd table: each is learned, or refused in a line."""
    frame = table(24, int(rng.integers(1000))).drop(columns="id").iloc[5:].reset_index(drop=True)
    n = len(frame)
    ways: dict[str, Callable[[], pd.DataFrame]] = {
        "as it is": lambda: frame,
        "one value": lambda: frame.assign(age=1.0),
        "no value": lambda: frame.assign(age=None),
        "one value and gaps": lambda: frame.assign(age=[1.0, None] * (n // 2) + [1.0] * (n % 2)),
        "huge numbers": lambda: frame.assign(age=frame["age"] * 1e300),
        "tiny numbers": lambda: frame.assign(age=frame["age"] * 1e-300),
        "words of one row each": lambda: frame.assign(sex=[f"w{i}" for i in range(n)]),
        "infinite": lambda: frame.assign(age=[np.inf, *frame["age"][1:]]),
        "dates": lambda: frame.assign(age=pd.date_range("2020-01-01", periods=n).astype(str)),
        "one class": lambda: frame.assign(**{"class": "ill"}),
        "one row": lambda: frame.iloc[:1],
        "two rows": lambda: frame.iloc[:2],
        "no features": lambda: frame[["class", "cough", "fever"]],
        "hardly a label": lambda: frame.assign(cough=[None] * (n - 1) + [1]),
        "no label": lambda: frame.assign(**{"class": None}),
        "a hundred columns": lambda: frame.assign(**{f"c{i}": frame["age"] for i in range(100)}),
        "a name of symbols": lambda: frame.rename(columns={"age": "=\x1b[2J\u202e"}),
    }
    what = list(ways)[rng.integers(len(ways))]
    path = folder / "rows.csv"
    ways[what]().to_csv(path, index=False)

    def learn() -> pd.DataFrame:
        data = load_data(path, target="class", labels=["cough"], sides=["fever"])
        options = dataclasses.replace(TINY, batch_size=16)
        run = train_generator(data, options, raw=read_frame(path)[0])
        made = save_generator(run, folder / "run")
        return load_generator(made).sample(_ROWS, seed=0, steps=3)

    return Case(f"a table, {what}", learn, _rows, what != "as it is")


_DRAWS: tuple[Callable[[np.random.Generator, Path, Path], Case], ...] = (
    _spoilt, _spoilt, _spoilt, _known, _known, _known, _given, _given, _trained
)  # fmt: skip
