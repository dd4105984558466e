"""Train a margin head with its centres whole, and again spread over two devices; print both.

A process of its own: JAX settles the number of devices when it starts.
"""

from __future__ import annotations

import json
import sys

import keras
import numpy as np

import labelfeed


def run(sharded: bool, sample: float | None) -> dict[str, list[float]]:
    keras.utils.set_random_seed(3)
    distribution = None
    if sharded:
        mesh = keras.distribution.DeviceMesh((1, 2), ("batch", "model"))
        layout = keras.distribution.LayoutMap(mesh)
        layout[".*/centres"] = ("model", None)
        distribution = keras.distribution.ModelParallel(
            layout_map=layout, batch_dim_name="batch", auto_shard_dataset=False
        )
    keras.distribution.set_distribution(distribution)
    x = keras.Input((6,))
    embedder = keras.Model(x, keras.layers.Dense(4)(x))
    head = labelfeed.heads.ArcFace(32, scale=16.0, block_size=5, sample=sample, seed=1)
    model = labelfeed.MarginModel(embedder, head)
    rng = np.random.default_rng(0)
    embedder.set_weights([rng.normal(size=(6, 4)), np.zeros(4)])
    head.centres.assign(rng.normal(size=(32, 4)))
    model.compile(keras.optimizers.Adam(0.05))
    features = rng.normal(size=(24, 6)).astype(np.float32)
    label = rng.integers(0, 32, 24)
    history = model.fit(features, label, batch_size=12, epochs=3, shuffle=False, verbose=0).history
    shards = {s.data.shape for s in head.centres.value.addressable_shards}
    assert shards == ({(16, 4)} if sharded else {(32, 4)}), shards
    return {
        "loss": history["loss"],
        "centres": np.asarray(head.centres.value).reshape(-1).tolist(),
        "scores": np.asarray(model.predict(features, verbose=0)).reshape(-1).tolist(),
    }


if __name__ == "__main__":
    share = float(sys.argv[1]) if len(sys.argv) > 1 else None
    print(json.dumps([run(False, share), run(True, share)]))
