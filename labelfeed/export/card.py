"""The card of an exported model: what it takes and gives, in JSON, for whoever has no run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from labelfeed import __version__
from labelfeed.predictors.onnx_model import FEATURES, KNOWN, OUTPUT, side_inputs
from labelfeed.runs.kept import KeptRun
from labelfeed.writing import replacing

__all__ = ["card_of", "write_export_card"]


def card_of(run: KeptRun, made_of: dict[str, str], told: bool) -> dict[str, Any]:
    """Return what an exported file says about itself.

    Args:
        run: The run.
        made_of: Hashes of what it was made of.
        told: Whether it takes labels.

    Returns:
        JSON types: `labelfeed` (version), `model` and `preprocess` (hashes), `label`, `sides`,
        `inputs` and `output` in words, `features` (names of the columns of the input) and
        `preprocessing`, which makes them of raw rows.
    """
    spec, shape = run.spec, list(run.preprocessor.shape)
    inputs: dict[str, Any] = {
        FEATURES: {"dtype": "float32", "shape": ["rows", *shape], "holds": "preprocessed rows"}
    }
    if told and run.sides:
        for name, side in side_inputs(run.sides).items():
            inputs[name] = _ids(side.name, [side.name_of(i) for i in range(side.num_classes)], [])
    elif told:
        classes = [spec.name_of(i) for i in range(spec.num_classes)]
        inputs[KNOWN] = _ids(spec.name, classes, list(spec.shape))
    names = [spec.name_of(i) for i in range(spec.num_classes)]
    card = {
        "labelfeed": __version__,
        **made_of,
        "label": spec.get_config(),
        "sides": [side.get_config() for side in run.sides] if told else [],
        "inputs": inputs,
        "output": {"name": OUTPUT, "columns": names},
        "features": list(run.preprocessor.outputs),
        "preprocessing": run.preprocessor.to_json(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(card))
    return plain


def write_export_card(card: dict[str, Any], path: Path) -> None:
    """Write a card as a file."""
    with replacing(path) as draft:
        draft.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _ids(name: str, classes: list[str], shape: list[int]) -> dict[str, Any]:
    what = "0 or 1 for each" if shape else "the number of the class"
    return {
        "dtype": "int32",
        "shape": ["rows", *shape],
        "holds": f"{name}: {what}, -1 unknown",
        "classes": classes,
    }
