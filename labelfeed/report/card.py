"""The model card of a run as Markdown: what it learned from, how good it is, what is not known."""

from __future__ import annotations

import re
from pathlib import Path

from labelfeed.records.stored import CARD, StoredRun, read_stored, said_spellings
from labelfeed.report.summaries import (
    by_tables,
    data_words,
    headline,
    interval_table,
    limits_of,
    version_words,
)
from labelfeed.report.tables import Table, figure, table_markdown
from labelfeed.writing import replacing

__all__ = ["card_text", "plain_markdown", "write_card"]

_ACTS = re.compile(r"([\\`*<]|^#|(?<=\])[(\[:])")
_SHOWN = 12  # labels of the table


def write_card(folder: str | Path) -> Path:
    """Write `card.md` into a run folder, from the files that stand there; return its path.

    Args:
        folder: The folder of a saved run.

    Raises:
        OSError: It cannot be written.
        ValueError: It is no run folder.
    """
    path = Path(folder) / CARD
    text = card_text(read_stored(folder))
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8", errors="backslashreplace")
    return path


def card_text(run: StoredRun) -> str:
    """Return the card of a run.

    Args:
        run: The run.
    """
    parts = [f"# Model card: {plain_markdown(run.name)}", f"**{plain_markdown(headline(run))}.**"]
    parts += ["## Data", _listed(data_words(run))]
    cells = said_spellings(run.data)
    if cells:
        parts += ["What cells of labels were read as, and how often:", _listed(cells)]
    rules = run.data.get("cells")
    if rules:
        told = {str(name).replace("_", " "): str(value) for name, value in rules.items()}
        parts += ["Rules given for cells:", _listed(told)]
    parts += ["## Model", _listed(_model(run))]
    scores = [table for table in (interval_table(run), _labels(run)) if table is not None]
    parts += ["## Scores", *(_table(table) for table in scores)]
    if not scores:
        parts.append("None yet: `labelfeed evaluate` scores the run.")
    tables = by_tables(run.metrics)
    parts += [_table(table) for table in tables]
    parts += ["## Limits", "\n".join(f"- {plain_markdown(line)}" for line in limits_of(run))]
    if run.notes:
        said = "\n".join(f"- {plain_markdown(line)}" for line in run.notes)
        parts += ["What the training said:", said]
    parts += ["## How to predict", _code(_predict(run))]
    if run.command:
        parts += ["## How it was made", _code(run.command)]
    parts.append(f"Versions: {plain_markdown(version_words(run.versions))}.")
    return "\n\n".join(parts) + "\n"


def _model(run: StoredRun) -> dict[str, str]:
    training = run.training
    found = {"strategy": run.strategy}
    if training.get("plain"):
        found["model"] = str(training["plain"])
    else:
        found["model"] = (
            f"one network, {training.get('epochs')} epochs, the best {training.get('best_epoch')}"
        )
    prior = training.get("prior", {}).get("stated")
    if prior:
        found["deployment prior"] = ", ".join(f"{k} {v:.2%}" for k, v in prior.items())
    found["seed"] = str(run.options.get("seed"))
    return found


def _labels(run: StoredRun) -> Table | None:
    areas = run.metrics.get("nothing_known", {}).get("auc")
    if not areas or len(areas) < 2:
        return None
    rows = [(str(name), figure(value)) for name, value in areas.items()]
    rows.sort(key=lambda row: row[1])
    note = f"The {_SHOWN} worst of {len(rows)}." if len(rows) > _SHOWN else ""
    return Table("AUC of each label, nothing known", ("label", "AUC"), tuple(rows[:_SHOWN]), note)


def _predict(run: StoredRun) -> str:
    lines = ["labelfeed predict RUN new.csv --out predictions.csv"]
    if run.metrics.get("partly_known"):
        name = run.spec.label_columns[-1].name
        lines.append(f"labelfeed predict RUN new.csv --known {_word(name)} --out predictions.csv")
    return "\n".join(lines)


def _word(name: str) -> str:
    return name if re.fullmatch(r"[\w.-]+", name) else f'"{name}"'


def _table(table: Table) -> str:
    rows = tuple(tuple(plain_markdown(cell) for cell in row) for row in table.rows)
    heads = tuple(plain_markdown(head) for head in table.columns)
    return table_markdown(
        Table(plain_markdown(table.title), heads, rows, plain_markdown(table.note))
    )


def _listed(items: dict[str, str]) -> str:
    return "\n".join(
        f"- {plain_markdown(name)}: {plain_markdown(text)}" for name, text in items.items()
    )


def _code(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def plain_markdown(text: str) -> str:
    """Return text that Markdown shows as it is: names of columns are no markup."""
    return _ACTS.sub(r"\\\1", " ".join(text.split()))
