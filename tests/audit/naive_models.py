"""Planted leaks: designs that read the label they are scored on, and clean ones beside them."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_breast_cancer

from labelfeed.labels.spec import LabelSpec


def as_written_label_embedding(features: int, classes: int) -> keras.Model:
    """Way 1 as written: Embedding of the label, flattened, beside a Dense of the features."""
    x = keras.Input((features,), name="features")
    y = keras.Input((1,), dtype="int32", name="label")
    embedded = layers.Flatten()(layers.Embedding(classes, 16)(y))
    h = layers.Concatenate()([layers.Dense(64, activation="relu")(x), embedded])
    return keras.Model([x, y], layers.Dense(classes, activation="softmax")(h))


class AsWrittenConditionalDense(layers.Layer):
    """Way 2 as written: the call takes [features, label] and never uses the label."""

    def __init__(self, units: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.dense = layers.Dense(units, activation="relu")

    def call(self, inputs):
        features, _label = inputs
        return self.dense(features)


def as_written_label_conditional_dense(features: int, classes: int) -> keras.Model:
    x = keras.Input((features,), name="features")
    y = keras.Input((1,), dtype="int32", name="label")
    h = AsWrittenConditionalDense(64)([x, y])
    return keras.Model([x, y], layers.Dense(classes, activation="softmax")(h))


def as_written_label_branch(features: int, classes: int) -> keras.Model:
    """Way 3 as written: Dense(32), Dense(64) on the one-hot label beside a branch of features."""
    x = keras.Input((features,), name="features")
    y = keras.Input((classes,), name="label")
    branch = layers.Dense(64, activation="relu")(layers.Dense(32, activation="relu")(y))
    h = layers.Concatenate()([layers.Dense(64, activation="relu")(x), branch])
    return keras.Model([x, y], layers.Dense(classes, activation="softmax")(h))


def naive_multi(features: int, labels: int) -> keras.Model:
    """The own multi label beside the features: every output may copy its own state."""
    x = keras.Input((features,), name="features")
    y = keras.Input((labels,), name="label")
    h = layers.Concatenate()([layers.Dense(32, activation="relu")(x), y])
    h = layers.Dense(32, activation="relu")(h)
    return keras.Model([x, y], layers.Dense(labels, activation="sigmoid")(h))


class ArcFaceLayer(layers.Layer):
    """The common ArcFace-as-layer: one-hot label at call, cos(theta + m), no monotone fallback.

    Deng et al. (2019) add the margin in training only; as a layer it stays on at evaluation. On
    noise all cosines go to -1, where the margin lifts the fed class: cos(pi + m) > cos(pi). The
    scale is small because JAX and Torch clip probabilities below 1e-7, which kills the gradient.
    """

    def __init__(self, classes: int, scale: float = 8.0, margin: float = 0.5, **kwargs) -> None:
        super().__init__(**kwargs)
        self.classes, self.scale, self.margin = classes, scale, margin

    def build(self, input_shape) -> None:
        self.centres = self.add_weight(
            shape=(input_shape[0][-1], self.classes), initializer="glorot_uniform", name="centres"
        )

    def call(self, inputs):
        embedding, label = inputs
        cosine = ops.matmul(ops.normalize(embedding, axis=1), ops.normalize(self.centres, axis=0))
        angle = ops.arccos(ops.clip(cosine, -1 + 1e-6, 1 - 1e-6))
        logits = label * ops.cos(angle + self.margin) + (1 - label) * cosine
        return ops.softmax(self.scale * logits)


def arcface_as_layer(features: int, classes: int, margin: float = 0.5) -> keras.Model:
    x = keras.Input((features,), name="features")
    y = keras.Input((classes,), name="label")
    h = layers.Dense(64, activation="relu")(x)
    h = layers.Dense(16)(h)
    return keras.Model([x, y], ArcFaceLayer(classes, margin=margin)([h, y]))


def unused_label(features: int, classes: int) -> keras.Model:
    """A plain network with a label input that leads nowhere."""
    x = keras.Input((features,), name="features")
    y = keras.Input((), dtype="int32", name="label")
    h = layers.Dense(32, activation="relu")(x)
    h = h + 0.0 * ops.cast(y, "float32")[:, None]
    return keras.Model([x, y], layers.Dense(classes, activation="softmax")(h))


def side_label_model(features: int, side: int, classes: int) -> keras.Model:
    """Reads a one-hot side label that is not the target."""
    x = keras.Input((features,), name="features")
    y = keras.Input((side,), name="side")
    h = layers.Dense(32, activation="relu")(layers.Concatenate()([x, y]))
    return keras.Model([x, y], layers.Dense(classes, activation="softmax")(h))


def noise(rows: int = 600, features: int = 10, classes: int = 4, seed: int = 0):
    """Features that tell nothing about the label."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, features)).astype("float32"), rng.integers(0, classes, rows)


def separated(rows: int = 600, features: int = 10, classes: int = 4, seed: int = 0):
    """Well separated classes: the features alone give more than 99 %."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, rows)
    centres = 4.0 * np.linalg.qr(rng.normal(size=(features, features)))[0][:classes]
    return (centres[y] + 0.5 * rng.normal(size=(rows, features))).astype("float32"), y


def breast_cancer():
    """The 30 measurements, standardised, and benign or malignant."""
    x, y = load_breast_cancer(return_X_y=True)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), y


def findings():
    """Ten 'error' measurements and eleven yes/no findings: ten 'worst' above median, malignant."""
    x, y = load_breast_cancer(return_X_y=True)
    worst = x[:, 20:30] > np.median(x[:, 20:30], axis=0)
    labels = np.column_stack([worst, y == 0]).astype("int32")
    errors = np.log(x[:, 10:20] + 1e-3)
    return ((errors - errors.mean(0)) / errors.std(0)).astype("float32"), labels


def one_hot(y: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes, dtype="float32")[y]


def train(model: keras.Model, inputs, y, epochs: int = 12, loss: str | None = None):
    """Fit with Adam at 0.01 and return the model."""
    loss = loss or "sparse_categorical_crossentropy"
    jit = keras.backend.backend() == "jax"  # elsewhere compiling takes longer than training
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"], jit_compile=jit)
    model.fit(inputs, y, epochs=epochs, batch_size=64, verbose=0)
    return model


def spec_of(classes: int) -> LabelSpec:
    return LabelSpec.single(classes)
