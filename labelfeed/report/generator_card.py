"""The card of a generator as Markdown: what it learned from, what it makes, what is not known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labelfeed.records.record import read_object
from labelfeed.records.stored import CARD
from labelfeed.report.card import plain_markdown
from labelfeed.report.summaries import version_words
from labelfeed.writing import replacing

__all__ = ["generator_card", "write_generator_card"]


def write_generator_card(folder: str | Path) -> Path:
    """Write `card.md` into the folder of a generator; return its path.

    Args:
        folder: The folder.

    Raises:
        OSError: It cannot be written.
        ValueError: It is no run folder.
    """
    path = Path(folder) / CARD
    record = read_object(Path(folder) / "run.json")
    text = generator_card(Path(folder).resolve().name, record)
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8", errors="backslashreplace")
    return path


def generator_card(name: str, record: dict[str, Any]) -> str:
    """Return the card.

    Args:
        name: Of the folder.
        record: What `run.json` holds.
    """
    data, done = record["data"], record["metrics"].get("training", {})
    facts = {
        "rows": f"{data.get('path')}, {done.get('train_rows')} to learn from, "
        f"{done.get('validation_rows')} to stop by, {done.get('test_rows')} held out",
        "conditions": ", ".join([record["label"]["name"], *(s["name"] for s in record["sides"])]),
        "model": f"denoising diffusion, {done.get('epochs')} epochs, the best "
        f"{done.get('best_epoch')}",
        "seed": str(record["options"].get("seed")),
    }
    made = "made" if data.get("kind") == "images" else "rows.csv"  # pictures fill a folder
    parts = [f"# Generator: {plain_markdown(name)}"]
    parts.append("\n".join(f"- {key}: {plain_markdown(str(text))}" for key, text in facts.items()))
    said = [line for line in data.get("notes") or () if isinstance(line, str)]
    if said:
        parts += ["What the training said:", "\n".join(f"- {plain_markdown(v)}" for v in said)]
    parts += [
        "## Limits",
        "- Made rows are no observations: count none of them as evidence.\n"
        "- Nothing here is a guarantee of privacy; whether rows are copies is measured by "
        "`labelfeed evaluate`.\n"
        "- Values lie within those of the training rows.",
        "## How to make rows",
        f"    labelfeed sample RUN --n 200 --out {made}\n"
        "    labelfeed evaluate RUN DATA --report page.html",
    ]
    if data.get("command"):
        parts += ["## How it was made", f"    {data['command']}"]
    parts.append(f"Versions: {plain_markdown(version_words(record['versions']))}.")
    return "\n\n".join(parts) + "\n"
