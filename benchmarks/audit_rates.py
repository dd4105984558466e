"""`python -m benchmarks audit-rates`: how often the leak audit is right, over seeds.

Each seed makes data, trains the design anew and audits it on rows held out from training.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from benchmarks.common import parser, progress, save_json, table

__all__ = ["main", "measure"]


def measure(seeds: int, only: str = "") -> list[dict[str, Any]]:
    """Return one row per case: its group, name, right verdicts and all verdicts by count."""
    from tests.audit.cases import CLEAN, LEANING, PLANTED

    rows = []
    for group, cases in (("planted", PLANTED), ("clean", CLEAN), ("leaning", LEANING)):
        for case in cases:
            if only not in case.name:
                continue
            start = time.perf_counter()
            verdicts = Counter(case.run(seed).verdict for seed in range(seeds))
            right = sum(verdicts[v] for v in case.right)
            row = {"group": group, "case": case.name, "right": right, "verdicts": dict(verdicts)}
            rows.append(row)
            seconds = time.perf_counter() - start
            progress(f"{case.name}: {right}/{seeds} right in {seconds:.0f} s")
    return rows


def main(arguments: list[str]) -> None:
    """Print the table of rates."""
    made = parser("audit-rates", "Hit and false-alarm rates of the leak audit over seeds.")
    made.add_argument("--seeds", type=int, default=20, help="seeds per case (20)")
    made.add_argument("--only", default="", metavar="TEXT", help="cases whose name holds TEXT")
    options = made.parse_args(arguments)
    rows = measure(options.seeds, options.only)
    cells = [
        (
            row["group"],
            row["case"],
            f"{row['verdicts'].get('leak', 0)}/{options.seeds}",
            ", ".join(f"{v} {n}" for v, n in sorted(row["verdicts"].items())),
        )
        for row in rows
    ]
    print(table(cells, ("group", "model and data", "called a leak", "verdicts")))
    for group, wanted in (("planted", "leaks found"), ("clean", "false alarms")):
        of_group = [row for row in rows if row["group"] == group]
        leaks = sum(row["verdicts"].get("leak", 0) for row in of_group)
        print(f"{wanted}: {leaks} of {seeds_of(of_group)}")
    save_json(options.json, {"seeds": options.seeds, "cases": rows})


def seeds_of(rows: list[dict[str, Any]]) -> int:
    """Return the number of audits behind the rows."""
    return sum(sum(row["verdicts"].values()) for row in rows)
