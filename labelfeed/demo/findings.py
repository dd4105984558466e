"""Second part: partly known findings of a patient, each known one helping the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer

from labelfeed.data import load_data
from labelfeed.options import TrainingOptions
from labelfeed.runs.evaluate import evaluate_run
from labelfeed.runs.folder import Run
from labelfeed.runs.train import train
from labelfeed.writing import replacing

__all__ = ["SHARES", "FindingsResult", "findings", "write_findings"]

SHARES = (0.0, 0.25, 0.5, 0.75)


@dataclasses.dataclass(frozen=True)
class FindingsResult:
    """Held-out scores of the unknown findings at each known share.

    Args:
        run: The trained run.
        labelfeed: Macro-AUC in [0, 1] of the unknown findings, per share of `SHARES`.
        plain: The same of its plain network, which reads no label, on the same hidden findings.
    """

    run: Run
    labelfeed: tuple[float, ...]
    plain: tuple[float, ...]


def write_findings(path: Path) -> tuple[str, ...]:
    """Write scikit-learn's breast cancer data as a table of features and eleven findings.

    Features are the ten 'error' measurements. A finding 'high ...' says that the 'worst'
    measurement lies above its median over all patients; the eleventh is malignancy.

    Args:
        path: CSV file to write.

    Returns:
        Names of the findings, malignancy first.
    """
    data = load_breast_cancer()
    measured = pd.DataFrame(data.data, columns=data.feature_names)
    table = measured[[c for c in measured if c.endswith("error")]].copy()
    table.insert(0, "patient", [f"P{i + 1:03d}" for i in range(len(table))])
    table["malignant"] = np.where(data.target == 0, "yes", "no")
    for column in (c for c in measured if c.startswith("worst")):
        high = measured[column] > measured[column].median()
        table[column.replace("worst", "high")] = np.where(high, "yes", "no")
    with replacing(path) as draft:
        table.to_csv(draft, index=False)
    return tuple(c for c in table if c == "malignant" or c.startswith("high "))


def findings(
    path: Path,
    seed: int,
    options: TrainingOptions | None = None,
    step: Callable[[], None] = lambda: None,
) -> FindingsResult:
    """Train on the table of `write_findings`; score with known labels fed and not fed.

    Args:
        path: The table.
        seed: Seed of split, weights and visibility.
        options: How to train; the seed is replaced.
        step: Called after the model, for a progress bar.
    """
    names = pd.read_csv(path, nrows=0).columns
    labels = [c for c in names if c.startswith("high ")]
    data = load_data(path, target="malignant", labels=labels, id_column="patient")
    asked = options or TrainingOptions(test_share=0.3)
    options = dataclasses.replace(asked, given={**asked.given, "seed": seed})
    read = {"target": "malignant", "labels": labels, "id_column": "patient"}
    record = {"path": str(path), "kind": data.kind, "fingerprint": data.fingerprint, **read}
    run = dataclasses.replace(train(data, options), data=record)
    step()
    test = data.take(np.asarray(run.split["test"]))
    scores = [evaluate_run(run, test, known_share=share) for share in SHARES[1:]]
    nothing = scores[0]["nothing_known"]
    fed = [nothing, *(s["partly_known"] for s in scores)]
    plain = [nothing, *(s["not_fed"] for s in scores)]
    return FindingsResult(run, _areas(fed), _areas(plain))


def _areas(scores: list[dict[str, Any]]) -> tuple[float, ...]:
    return tuple(float(s["macro_auc"]) for s in scores)
