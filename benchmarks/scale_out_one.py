"""One training for `benchmarks scale-out`, in a process of its own: prints a JSON line for each.

A case is `MODEL:DEVICES`, as `masked:1`, `masked:2`, `margin:all` or `margin:classes` (all devices
cut the classes of the head, which do not divide); `sampled` is `margin` on a draw of classes.
Several processes are told by their environment.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

ROWS, FEATURES, CLASSES = 43, 5, 7  # neither divides: batches are filled up, classes are padded


def run(arguments: list[str]) -> None:
    large = "--large" in arguments
    cases = [argument for argument in arguments if ":" in argument]
    if os.environ["KERAS_BACKEND"] == "tensorflow" and any(c.endswith(":2") for c in cases):
        import tensorflow as tf

        one = tf.config.LogicalDeviceConfiguration()
        processor = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(processor, [one, one])
    for case in cases:
        print(json.dumps(trained(*case.split(":"), large=large)), flush=True)


def trained(model: str, devices: str, *, large: bool = False) -> dict[str, Any]:
    """Train a model; return losses, weights, predictions and the seconds of an epoch."""
    import keras
    import numpy as np

    import labelfeed
    from labelfeed.models.keras_private import set_random_seed

    rng = np.random.default_rng(0)
    rows, width, batch, epochs = (40_000, 256, 400, 4) if large else (ROWS, 8, 6, 2)
    x = rng.normal(size=(rows, FEATURES)).astype("float32")
    set_random_seed(0)
    cut = devices == "classes"
    count = int(devices) if devices.isdigit() else "all"
    with labelfeed.scaling.devices(count, shard_classes=cut) as how:
        if model == "masked":
            spec = labelfeed.LabelSpec.multi(["a", "b", "c"])
            y = np.where(rng.random((rows, 3)) < 0.3, -1, x[:, :3] > 0)
            made = labelfeed.strategies.masked(
                spec, (FEATURES,), width=width, depth=1, dropout=0.0, label_dropout=0.0
            )
        else:
            spec = labelfeed.LabelSpec.single(list("abcdefg"))
            y = (x @ rng.normal(size=(FEATURES, CLASSES))).argmax(axis=1)
            sample = {"sample": 0.9, "seed": 1} if model == "sampled" else {}
            made = labelfeed.strategies.margin(
                spec, (FEATURES,), width=width, depth=1, dropout=0.0, dimension=4, **sample
            )
        ends: list[float] = []
        clock = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter())
        )
        history = made.fit(
            x, y, epochs=epochs, batch_size=batch, verbose=0, callbacks=[clock],
            validation_data=(x[:21], y[:21]),
        ).history  # fmt: skip
        seconds = (ends[-1] - ends[0]) / (epochs - 1)  # the first epoch compiles
        inside = made.predict(x[:21], verbose=0) if cut else None
        centres = list(getattr(made.head.centres.value, "addressable_shards", ())) if cut else []
    made = labelfeed.scaling.gathered(made)
    predicted = made.predict(x[:21], verbose=0)
    weights = np.concatenate([np.ravel(w) for w in made.get_weights()])
    return {
        "devices": how.devices,
        "processes": how.processes,
        "centres": [part.data.shape[0] for part in centres],
        "history": {name: [float(v) for v in values] for name, values in history.items()},
        "weights": [] if large else [float(w) for w in weights],
        "predicted": [float(p) for p in predicted.ravel()],
        "same_inside": inside is None or bool(np.allclose(inside, predicted, atol=1e-5)),
        "seconds": seconds,
    }


if __name__ == "__main__":
    run(sys.argv[1:])
