"""First part: a model that reads its own target, naively and under a visibility policy."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from labelfeed.audit import audit
from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import LabelEmbedding
from labelfeed.models.keras_private import set_random_seed
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.types import KerasModel
from labelfeed.visibility.policies import Hidden, Masked

__all__ = ["MODELS", "OwnLabelResult", "own_label"]

MODELS = {
    "plain": "plain",
    "naive": "naive",
    "masked": "labelfeed",
}


@dataclasses.dataclass(frozen=True)
class OwnLabelResult:
    """What one model does when it is fed the true label, none, or a wrong one.

    Args:
        true: Accuracy in [0, 1] with the true label fed.
        unknown: Accuracy with no label, as at prediction time.
        follows: Share of rows predicted as the wrong label that was fed.
        verdict: What the leak audit says.
    """

    true: float
    unknown: float
    follows: float
    verdict: str


def own_label(
    seed: int, epochs: int = 30, step: Callable[[], None] = lambda: None
) -> dict[str, OwnLabelResult]:
    """Train the three models on one split of scikit-learn's breast cancer data.

    The features are the logarithms of the ten 'error' measurements; the target is malignancy.

    Args:
        seed: Seed of the split and of the weights.
        epochs: Epochs of the plain and the naive model; the masked one gets twice as many, since
            half of its labels are hidden and only those train it.
        step: Called after each model, for a progress bar.

    Returns:
        A result for each key of `MODELS`.
    """
    data = load_breast_cancer()
    chosen = [i for i, name in enumerate(data.feature_names) if name.endswith("error")]
    features = np.log(data.data[:, chosen] + 1e-3)
    target = (1 - data.target).astype("int32")  # 1: malignant
    train, test = train_test_split(
        np.arange(len(target)), test_size=0.3, stratify=target, random_state=seed
    )
    scale = StandardScaler().fit(features[train])
    x, x_test = (scale.transform(features[rows]).astype("float32") for rows in (train, test))
    y, y_test = target[train], target[test]
    spec = LabelSpec.single(["benign", "malignant"], name="diagnosis")

    results = {}
    for name in MODELS:
        set_random_seed(seed)
        network = _network(x.shape[1], spec, reads_label=name != "plain")
        model: Any = network
        if name == "naive":
            _compile(network)
            network.fit([x, y], y, epochs=epochs, batch_size=32, verbose=0)
        else:
            model = LabelFedModel(network, spec, Hidden() if name == "plain" else Masked(0.5))
            _compile(model)
            rounds = epochs if name == "plain" else 2 * epochs
            model.fit(x, y, epochs=rounds, batch_size=32, verbose=0)
        verdict = audit(model, x_test, y_test, spec, seed=seed).verdict
        fed = {"true": y_test, "unknown": np.full_like(y_test, -1), "wrong": 1 - y_test}
        found = {k: network.predict([x_test, v], verbose=0).argmax(axis=1) for k, v in fed.items()}
        results[name] = OwnLabelResult(
            float(np.mean(found["true"] == y_test)),
            float(np.mean(found["unknown"] == y_test)),
            float(np.mean(found["wrong"] == fed["wrong"])),
            verdict,
        )
        step()
    return results


def _network(width: int, spec: LabelSpec, reads_label: bool) -> KerasModel:
    features, label = keras.Input((width,), name="features"), LabelInput(spec)
    hidden = LabelEmbedding(8, spec)([features, label]) if reads_label else features
    for _ in range(2):
        hidden = keras.layers.Dense(32, activation="relu")(hidden)
    output = keras.layers.Dense(spec.num_classes, activation="softmax")(hidden)
    return keras.Model([features, label], output)


def _compile(model: KerasModel) -> None:
    model.compile(keras.optimizers.AdamW(3e-3), "sparse_categorical_crossentropy")
