"""A run folder as `labelfeed train` leaves it, without the network: for what needs no Keras."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.by_value import scores_by_value
from labelfeed.metrics.information import FED, METRICS, NOT_FED, InformationCurve
from labelfeed.metrics.probabilities import score
from labelfeed.records.held_out import HELD_OUT, HeldOut
from labelfeed.records.training_log import LOG, TrainingLog

FINDINGS = LabelSpec.multi(["fever", "<cough>"])
COLOURS = LabelSpec.single(["red", "blue", "green"], name="colour")


def held_out(spec: LabelSpec = FINDINGS, skill: float = 1.0, n: int = 80) -> HeldOut:
    """Return predictions that are better with more skill; the same rows and labels each time."""
    rng = np.random.default_rng(0)
    if spec.kind == "single":
        y = rng.integers(0, spec.num_classes, n)
        logits = skill * np.eye(spec.num_classes)[y] + rng.normal(0, 1, (n, spec.num_classes))
        p = np.exp(logits)
        vectors = rng.normal(size=(spec.num_classes, 4))
        names = tuple(spec.name_of(i) for i in range(spec.num_classes))
        return HeldOut(y, p / p.sum(axis=1, keepdims=True), np.arange(n), vectors=vectors,
                       vector_names=names)  # fmt: skip
    y = rng.integers(0, 2, (n, 2))
    noise = rng.normal(0, 1, y.shape)
    p = 1 / (1 + np.exp(-(skill * (2 * y - 1) + noise)))
    shown = y.copy()
    shown[np.arange(n), rng.integers(0, 2, n)] = -1
    told = 1 / (1 + np.exp(-((skill + 0.5) * (2 * y - 1) + noise)))
    seeds = ((0.7, 0.8), (0.7, 0.82))
    curve = InformationCurve((0.0, 0.5), dict.fromkeys(METRICS, seeds), (2.0, 1.0))
    return HeldOut(y, p, np.arange(n), shown=shown, told=told, curves={FED: curve, NOT_FED: curve})


def write_run(folder: Path, held: HeldOut | None, spec: LabelSpec = FINDINGS, **data: Any) -> Path:
    """Write a run folder and return its path."""
    folder.mkdir(parents=True)
    features = pd.DataFrame({"age": np.arange(40) / 3, "sex": ["m", "f"] * 20})
    metrics: dict[str, Any] = {
        "training": {
            "epochs": 2, "train_rows": 300, "validation_rows": 0, "test_rows": 80,
            "plain": "plain: logistic 100%", "losses": {"logistic": 0.4, "blend": 0.39},
            "seconds": {"logistic": 1.0}, "prior": {"trained": {"fever": 0.5}},
        }
    }  # fmt: skip
    if held is not None:
        metrics["nothing_known"] = score(held.labels, held.blind, spec).to_json()
        if held.told is not None:
            found = score(held.hidden, held.told, spec).to_json()
            metrics["partly_known"] = {"known_share": 0.5, **found}
        words = np.array(["north", "<south>"] * len(held.labels))[: len(held.labels)]
        by = scores_by_value(held.labels, held.blind, spec, words)
        metrics["by"] = {"site": by}
        held.save(folder / HELD_OUT)
    told = {
        "path": "rows.csv", "kind": "table", "fingerprint": "f", "target": spec.name,
        "command": "labelfeed train 'my rows.csv'", "notes": ["a <note>"],
        "spellings": {"label": {"fever": {"yes": ["yes", "yes", 9], "": ["unknown", "", 2]}}},
    }  # fmt: skip
    record = {
        "format": 1, "versions": {"labelfeed": "0", "backend": "torch"},
        "label": spec.get_config(), "sides": [], "options": {"strategy": "plain", "seed": 0},
        "data": {**told, **data}, "metrics": metrics,
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(record))
    (folder / "split.json").write_text(json.dumps({"test": list(range(80))}))
    made = Preprocessor.fit(features).to_json()
    (folder / "preprocess.json").write_text(json.dumps(made))
    log = TrainingLog(folder / LOG)
    for epoch in (1, 2):
        log.add(phase=1, epoch=epoch, loss=1 / epoch, val_loss=1.1 / epoch)
    return folder
