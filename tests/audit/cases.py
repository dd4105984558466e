"""What the audit must find and what it must not: a name, the right verdicts, a run of one seed.

Each run makes data, trains a model and audits it on rows that it did not see in training.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

import labelfeed
from labelfeed.audit import LeakAudit, audit
from labelfeed.labels.spec import LabelSpec
from tests.audit import naive_models as naive

ROWS = 400
Data = tuple[np.ndarray, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Case:
    """One design on one data set."""

    name: str
    right: tuple[str, ...]
    run: Callable[[int], LeakAudit]


def shuffled(data: Data, seed: int) -> Data:
    order = np.random.default_rng(seed).permutation(len(data[0]))
    return data[0][order], data[1][order]


def data_of(name: str, seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    if name == "breast cancer":
        return *shuffled(naive.breast_cancer(), seed), 2
    make = naive.noise if name == "noise" else naive.separated
    return *make(seed=seed), 4


def encoded(model: keras.Model, y: np.ndarray, classes: int) -> np.ndarray:
    """The label as the last input of the model takes it."""
    shape = model.inputs[-1].shape[1:]
    return naive.one_hot(y, classes) if shape == (classes,) else y.reshape(-1, *shape)


def two_input(build: Callable[..., Any], data: str, epochs: int = 12, fed: str = "own"):
    """A plain two-input model trained and audited with its own label (or a meaningless one)."""

    def run(seed: int) -> LeakAudit:
        keras.utils.set_random_seed(seed)
        x, y, classes = data_of(data, seed)
        model = build(x.shape[1], classes)
        label = y if fed == "own" else np.random.default_rng([seed, 1]).integers(0, classes, len(y))
        inputs = [x[:ROWS], encoded(model, label[:ROWS], classes)]
        naive.train(model, inputs, y[:ROWS], epochs)
        return audit(model, x[ROWS:], y[ROWS:], LabelSpec.single(classes), seed=seed)

    return run


def multi_naive(seed: int) -> LeakAudit:
    keras.utils.set_random_seed(seed)
    x, y = shuffled(naive.findings(), seed)
    model = naive.naive_multi(10, 11)
    naive.train(model, [x[:ROWS], y[:ROWS]], y[:ROWS], loss="binary_crossentropy")
    return audit(model, x[ROWS:], y[ROWS:], LabelSpec.multi(11), seed=seed)


class ScoresShown(labelfeed.LabelFedModel):
    """Forgets that what is shown is not scored."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        features = x["labelfeed_features"] if isinstance(x, dict) else x
        return super().compute_loss(features, y, y_pred, sample_weight, training)


class EvaluateReads(labelfeed.LabelFedModel):
    """Feeds y in evaluation and scores it all the same."""

    def evaluate(self, x=None, y=None, **kwargs):
        logs = super().evaluate(x, y, **kwargs)
        y = np.asarray(y, "int32")
        output = self(labelfeed.with_label(keras.ops.convert_to_tensor(x), y), training=False)
        loss = self.compute_loss(x=x, y=y, y_pred=output, training=False)
        logs["loss"] = float(keras.ops.convert_to_numpy(loss))
        return logs


def label_fed(layer: str, data: str, rate: Any = 0.5, of: type = labelfeed.LabelFedModel):
    """A LabelFedModel under Masked(rate), or a broken subclass of it."""

    def run(seed: int) -> LeakAudit:
        keras.utils.set_random_seed(seed)
        if data == "findings":
            x, y = shuffled(naive.findings(), seed)
            spec = LabelSpec.multi(11)
        else:
            x, y, classes = data_of(data, seed)
            spec = LabelSpec.single(classes)
        network = label_fed_network(layer, x.shape[1], spec)
        model = of(network, spec, labelfeed.Masked(rate))
        loss = None if spec.kind == "single" else "binary_crossentropy"
        naive.train(model, x[:ROWS], y[:ROWS], loss=loss)
        return audit(model, x[ROWS:], y[ROWS:], spec, seed=seed)

    return run


def label_fed_network(layer: str, features: int, spec: LabelSpec) -> keras.Model:
    x, y = keras.Input((features,), name="features"), labelfeed.LabelInput(spec)
    h = keras.layers.Dense(32, activation="relu")(x)
    made = {
        "embedding": lambda: labelfeed.layers.LabelEmbedding(16, spec),
        "conditional": lambda: labelfeed.layers.LabelConditionalDense(32, spec, activation="relu"),
        "branch": lambda: labelfeed.layers.LabelBranch(spec),
    }[layer]()
    last = "softmax" if spec.kind == "single" else "sigmoid"
    out = keras.layers.Dense(spec.num_classes, activation=last)(made([h, y]))
    return keras.Model([x, y], out)


def side_label(seed: int) -> LeakAudit:
    """Which pair of classes it is, is known: a coarse label beside the features."""
    keras.utils.set_random_seed(seed)
    x, y = naive.noise(seed=seed)
    x[np.arange(len(y)), y % 2] += 1.5
    model = naive.side_label_model(x.shape[1], 2, 4)
    side = y // 2
    naive.train(model, [x[:ROWS], naive.one_hot(side[:ROWS], 2)], y[:ROWS])
    spec = LabelSpec.single(2, name="side")
    return audit(model, x[ROWS:], side[ROWS:], spec, target=y[ROWS:], seed=seed)


def noisy_function(seed: int) -> LeakAudit:
    """A stochastic predictor (as with dropout kept on) that never reads the label."""
    rng = np.random.default_rng(seed)
    x, y = naive.separated(seed=seed)
    return audit(
        lambda features, _label: features[:, :4] + rng.normal(size=(len(features), 4)),
        x,
        y,
        LabelSpec.single(4),
        seed=seed,
    )


LEAK, UNREAD, QUIET = ("leak",), ("label not read",), ("no leak found", "label not read")
DATA = ("noise", "separated", "breast cancer")

PLANTED = (
    *(
        Case(f"embedding as written, {d}", LEAK, two_input(naive.as_written_label_embedding, d))
        for d in DATA
    ),
    *(
        Case(f"branch as written, {d}", LEAK, two_input(naive.as_written_label_branch, d))
        for d in DATA
    ),
    *(Case(f"ArcFace as layer, {d}", LEAK, two_input(naive.arcface_as_layer, d)) for d in DATA),
    Case(
        "embedding, 2 epochs, separated",
        LEAK,
        two_input(naive.as_written_label_embedding, "separated", 2),
    ),
    Case("own multi label, findings", LEAK, multi_naive),
    Case("LabelFedModel that scores shown", LEAK, label_fed("branch", "findings", of=ScoresShown)),
    Case(
        "LabelFedModel that feeds y to evaluate",
        LEAK,
        label_fed("branch", "breast cancer", of=EvaluateReads),
    ),
)
CLEAN = (
    *(
        Case(
            f"conditional dense as written, {d}",
            UNREAD,
            two_input(naive.as_written_label_conditional_dense, d),
        )
        for d in DATA
    ),
    *(Case(f"unused label input, {d}", UNREAD, two_input(naive.unused_label, d)) for d in DATA),
    Case("stochastic function, separated", UNREAD, noisy_function),
    Case("side label, target apart", ("no leak found",), side_label),
    Case("Masked(0.5), embedding, breast cancer", QUIET, label_fed("embedding", "breast cancer")),
    Case("Masked(0.5), conditional, separated", QUIET, label_fed("conditional", "separated")),
    Case("Masked(0.5), branch, noise", QUIET, label_fed("branch", "noise")),
    Case(
        "Masked('uniform'), conditional, findings",
        QUIET,
        label_fed("conditional", "findings", "uniform"),
    ),
    Case("Masked(0.5), embedding, findings", QUIET, label_fed("embedding", "findings")),
)
# Fed labels that mean nothing in training: no leak was built in, yet such a model leans on what
# it is fed by accident, and with two classes that is following or avoiding. Told, not judged.
LEANING = tuple(
    Case(
        f"branch fed meaningless labels, {d}",
        QUIET,
        two_input(naive.as_written_label_branch, d, fed="noise"),
    )
    for d in DATA
)
