"""The code of the pages: which blocks there are, and how each is run."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from click.testing import CliRunner

from tests._backends import ROOT

PAGES = ("README.md", "CONTRIBUTING.md", *sorted(f"docs/{p.name}" for p in ROOT.glob("docs/*.md")))
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- not run: (.+?) -->\s*$")
_HEREDOC = re.compile(r"^python - <<'END'\n(.*?)^END\n", re.MULTILINE | re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Block:
    """A fenced block of a page; `why_not` is the reason given before one that is not run.

    A page marks such a block by a line `<!-- not run: reason -->` above it.
    """

    page: str
    line: int
    language: str
    code: str
    why_not: str | None


def blocks_of(page: str) -> list[Block]:
    """Return the Python and shell blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        language, code = match.groups()
        if language in ("python", "bash", "sh", "shell", "console"):
            before = text[: match.start()]
            mark = _MARK.search(before)
            line = before.count("\n") + 2
            found.append(Block(page, line, language, code, mark.group(1) if mark else None))
    return found


def run_block(block: Block, names: dict[str, Any]) -> None:
    """Run a block in the current folder; Python blocks of a page share their names."""
    if block.language == "python":
        _python(block.code, names, block)
        return
    code = block.code
    while code:
        if heredoc := _HEREDOC.match(code):
            _python(heredoc.group(1), {}, block)
            code = code[heredoc.end() :]
            continue
        line, _, code = code.partition("\n")
        while line.endswith("\\"):
            more, _, code = code.partition("\n")
            line = line[:-1] + more
        _command(line, block)


def _python(code: str, names: dict[str, Any], block: Block) -> None:
    # Padded, so that a traceback names the line of the page.
    padded = "\n" * (block.line - 1) + code
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(padded, block.page, "exec"), names)


def _command(line: str, block: Block) -> None:
    # Not at the top: pages are read without Keras too.
    from labelfeed.cli.main import main

    words = shlex.split(line, comments=True)
    if not words:
        return
    if words[0] == "python" and words[1:2] and words[1].startswith("examples/"):
        assert (ROOT / words[1]).is_file(), f"{block.page}: no {words[1]}"
        return  # tests/examples runs it
    if words[:3] == ["python", "-m", "benchmarks"]:
        assert (ROOT / "benchmarks" / f"{words[3].replace('-', '_')}.py").is_file(), line
        return  # tests/benchmarks runs it
    assert words[0] == "labelfeed", f"{block.page}: {line!r} is no command of ours: mark the block"
    result = CliRunner().invoke(main, words[1:])
    assert result.exit_code == 0, f"{block.page}: {line}\n{result.output}"


def write_files(folder: Path) -> None:
    """Write the data files that the pages name, small enough to train on in seconds."""
    rng = np.random.default_rng(0)
    ill = rng.normal(size=90)

    def findings(rows: slice) -> pd.DataFrame:
        frame = pd.DataFrame({f"size{i}": ill + rng.normal(size=90) for i in range(3)})
        for name in ("malignant", "high radius", "high area", "high worst radius"):
            frame[name] = np.where(ill + rng.normal(size=90) > 0, "yes", "no")
        return frame[rows]

    findings(slice(None)).to_csv(folder / "patients.csv", index=False)
    findings(slice(60)).to_csv(folder / "new.csv", index=False)
    one = findings(slice(1)).assign(malignant="")
    one.to_csv(folder / "one-patient.csv", index=False)
    scans = pd.DataFrame({f"size{i}": ill + rng.normal(size=90) for i in range(3)})
    scans["scanner"] = rng.choice(["A", "B"], 90)
    scans["orientation"] = rng.choice(["supine", "prone"], 90)
    scans["diagnosis"] = np.where(ill + (scans["scanner"] == "A") > 0.5, "ill", "well")
    scans.to_csv(folder / "scans.csv", index=False)

    def letters(names: str, each: int) -> pd.DataFrame:
        frame = pd.DataFrame({"letter": np.repeat(list(names), each)})
        for i in range(4):
            centre = frame["letter"].map(lambda name, i=i: (ord(name) * (i + 3)) % 7)
            frame[f"stroke{i}"] = centre + rng.normal(0, 0.3, len(frame))
        return frame

    letters("ABC", 20).to_csv(folder / "letters.csv", index=False)
    letters("DE", 6).to_csv(folder / "few.csv", index=False)
    letters("DE", 10).to_csv(folder / "others.csv", index=False)


@contextlib.contextmanager
def inside(folder: Path) -> Any:
    """Run in a folder, and come back."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
