"""Both parts in a row: tables in the terminal, a page and a run folder beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rich.console
import rich.progress

from labelfeed.data.dataset import DataError
from labelfeed.demo.findings import SHARES, findings, write_findings
from labelfeed.demo.own_label import MODELS, own_label
from labelfeed.report import Table, bars, curve, print_table, with_interval, write_page
from labelfeed.runs.saving import save_run
from labelfeed.writing import replacing

__all__ = ["run_demo"]

_INTRO = (
    "A label as an input helps only where the label that is read is not the label that is scored. "
    "Both parts use scikit-learn's breast cancer data; the features are the ten 'error' "
    "measurements of 569 patients."
)


def run_demo(
    out: Path, seeds: int = 3, epochs: int = 30, console: rich.console.Console | None = None
) -> Path:
    """Show what leaks, what does not and what pays; save tables, page and a run.

    Args:
        out: Folder for `report.html`, the charts, `findings.csv` and the run folder `run`.
        seeds: Paired seeds, >= 1: of split, weights and visibility.
        epochs: Epochs of the first part.
        console: `rich.console.Console` to print to.

    Returns:
        Path of the page.

    Raises:
        DataError: `out` is a file.
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise DataError(f"{out} is a file; the demo writes a folder.")
    out.mkdir(parents=True, exist_ok=True)
    console = rich.console.Console() if console is None else console
    write_findings(out / "findings.csv")
    with rich.progress.Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("training", total=seeds * (len(MODELS) + 1))

        def step() -> None:
            progress.advance(task)

        first = [own_label(seed, epochs, step) for seed in range(seeds)]
        second = [findings(out / "findings.csv", seed, step=step) for seed in range(seeds)]
    own, known = _own_label_table(first), _findings_table(second)
    for table in (own, known):
        print_table(table, console)
    shown = {"plain, reads no label": "plain", "labelfeed, known labels fed": "labelfeed"}
    charts = {
        "own-label.png": bars(
            list(MODELS.values()),
            {
                "true label fed": _means(first, "true"),
                "nothing fed": _means(first, "unknown"),
                "follows a wrong label": _means(first, "follows"),
            },
            "share of test patients",
        ),
        "findings.png": curve(
            SHARES,
            {n: np.array([getattr(r, f) for r in second]).T.tolist() for n, f in shown.items()},
            "macro-AUC of the unknown findings",
        ),
    }
    for name, png in charts.items():
        with replacing(out / name) as draft:
            draft.write_bytes(png)
    page = out / "report.html"
    parts: list[str | Table | bytes] = [
        _INTRO,
        own,
        charts["own-label.png"],
        known,
        charts["findings.png"],
    ]
    write_page(page, "labelfeed: what a label input can and cannot do", parts)
    save_run(second[0].run, out / "run", overwrite=True)
    console.print(f"Report: {page}\nRun:    {out / 'run'}", markup=False)
    console.print(
        f"Next:   labelfeed predict {out / 'run'} {out / 'findings.csv'} "
        f"--known malignant=yes --out {out / 'predictions.csv'}",
        soft_wrap=True,
        markup=False,
    )
    return page


def _own_label_table(results: list[Any]) -> Table:
    rows = []
    for name, title in MODELS.items():
        found = [result[name] for result in results]
        verdicts = sorted({r.verdict for r in found})
        figures = (with_interval([getattr(r, f) for r in found]) for f in _FIELDS)
        rows.append((title, *figures, " / ".join(verdicts)))
    return Table(
        "1. The target itself as an input: malignant or not",
        ("model", "true fed", "nothing fed", "follows wrong", "audit"),
        tuple(rows),
        f"Accuracy on held-out patients, mean and 95 % interval of {len(results)} paired seeds. "
        "'Nothing fed' is what you get when you predict; 'follows wrong' is how often a model "
        "repeats a wrong label that it was fed. The naive model takes its target as an input and "
        "copies it: perfect while it is told the answer, worse than plain when it is not. The "
        "same network under labelfeed's policy Masked(0.5) does not leak, and nothing is gained: "
        "its own copy tells a model nothing.",
    )


def _findings_table(results: list[Any]) -> Table:
    shares = tuple(f"{100 * s:.0f} % known" for s in SHARES)
    by_name = {
        "plain": [r.plain for r in results],
        "labelfeed": [r.labelfeed for r in results],
    }
    rows = tuple(
        (name, *(with_interval([c[i] for c in curves]) for i in range(len(SHARES))))
        for name, curves in by_name.items()
    )
    gains = [np.subtract(r.labelfeed, r.plain) for r in results]
    gain = ("gain", *(with_interval([g[i] for g in gains]) for i in range(4)))
    return Table(
        "2. Eleven findings, some of them known: predict the others",
        ("macro-AUC", *shares),
        (*rows, gain),
        f"Macro-AUC of the findings that are not known, mean and 95 % interval of {len(results)} "
        "paired seeds. 'Plain' reads no label. 'labelfeed' reads the known ones; one model serves "
        "every amount of knowledge: it learns on rows of which a random part is shown, and only "
        "what is not shown is scored. With nothing known it is the plain one.",
        emphasis=(2,),
    )


_FIELDS = ("true", "unknown", "follows")


def _means(results: list[Any], field: str) -> list[float]:
    return [float(np.mean([getattr(r[name], field) for r in results])) for name in MODELS]
