"""Small diffusions for the tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.generate.diffusion import ConditionalDiffusion
from labelfeed.generate.networks import table_network
from labelfeed.labels.spec import LabelSpec

KIND = LabelSpec.single(["cat", "dog", "cow"], name="kind")
VIEW = LabelSpec.single(["front", "side"], name="view")
SIGNS = LabelSpec.columns([LabelSpec.single(["s", "m", "l"], name="size"), "fever"], name="signs")


def diffusion(spec: LabelSpec = KIND, d: int = 3, **options: Any) -> ConditionalDiffusion:
    """Return an untrained diffusion of d columns."""
    network = table_network(
        d,
        spec,
        sides=options.get("sides", ()),
        width=8,
        depth=1,
        numbers=options.pop("numbers", 0),
    )
    return ConditionalDiffusion(network, spec, **options)


def filled(model: ConditionalDiffusion) -> ConditionalDiffusion:
    """Give the averages random values, so that labels matter before training."""
    rng = np.random.default_rng(0)
    for weight in model.averaged.weights:
        weight.assign(0.5 * rng.normal(size=weight.shape).astype(np.float32))
    return model


def rows(n: int = 32, d: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return x and ids of `KIND`, the last of which never come."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)).astype(np.float32), np.arange(n, dtype=np.int32) % 2
