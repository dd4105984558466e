"""Way 1: a label embedding beside the features, on handwritten digits.

As most tutorials write it, the embedded label is the very label that is predicted: the network
copies it. Under a visibility policy the same network is sound; and since the label that is read is
then the target itself, there is nothing it could add: it should match the plain network.

    python examples/label_embedding.py
"""

from __future__ import annotations

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import labelfeed
from labelfeed.audit import audit

CLASSES = 10


def digits() -> list[np.ndarray]:
    x, y = load_digits(return_X_y=True)
    return train_test_split(
        (x / 16).astype("float32"), y, test_size=0.4, random_state=0, stratify=y
    )


def train(model: keras.Model, inputs, y, epochs: int) -> keras.Model:
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(inputs, y, epochs=epochs, batch_size=32, verbose=0)
    return model


def plain() -> keras.Model:
    x = keras.Input((64,), name="features")
    return keras.Model(x, layers.Dense(CLASSES, activation="softmax")(hidden(x)))


def hidden(x):
    return layers.Dense(64, activation="relu")(x)


def as_written() -> keras.Model:
    x = keras.Input((64,), name="features")
    label = keras.Input((1,), dtype="int32", name="label")
    embedded = layers.Flatten()(layers.Embedding(CLASSES, 16)(label))
    h = layers.Concatenate()([hidden(x), embedded])
    return keras.Model([x, label], layers.Dense(CLASSES, activation="softmax")(h))


def with_policy(spec: labelfeed.LabelSpec) -> labelfeed.LabelFedModel:
    x, label = keras.Input((64,), name="features"), labelfeed.LabelInput(spec)
    h = labelfeed.layers.LabelEmbedding(16, spec)([hidden(x), label])
    network = keras.Model([x, label], layers.Dense(CLASSES, activation="softmax")(h))
    return labelfeed.LabelFedModel(network, spec, labelfeed.Masked(0.5))


def main(epochs: int = 30) -> dict[str, float]:
    """Train the three networks, print what each does, and return the accuracies."""
    keras.utils.set_random_seed(0)
    x, xt, y, yt = digits()
    spec = labelfeed.LabelSpec.single(CLASSES, name="digit")

    def accuracy(scores) -> float:
        return float((np.asarray(scores).argmax(1) == yt).mean())

    figures = {"plain": accuracy(train(plain(), x, y, epochs).predict(xt, verbose=0))}
    naive = train(as_written(), [x, y[:, None]], y, epochs)
    naive_audit = audit(naive, xt, yt, spec)
    figures["as written, true label"] = naive_audit.accuracy.true
    figures["as written, label unknown"] = naive_audit.accuracy.unknown  # mean over all labels
    figures["as written, wrong label"] = naive_audit.accuracy.wrong
    model = train(with_policy(spec), x, y, epochs)
    figures["labelfeed, no label"] = accuracy(model.predict(xt, verbose=0))

    for name, value in figures.items():
        print(f"{name:28} accuracy {value:.3f}")
    print("\nas written:\n" + str(naive_audit))
    print("\nlabelfeed:\n" + str(audit(model, xt, yt, spec)))
    print(
        "\nAs written, the accuracy is that of copying the label; a wrong label shows it.\n"
        "Under the policy nothing leaks. The own label adds nothing here, as it must: whenever it\n"
        "is known there is nothing to predict. See label_branch.py for labels that do pay."
    )
    return figures


if __name__ == "__main__":
    main()
