"""Way 3: a branch of dense layers on the label, on findings that are partly known.

As written the branch reads the labels it predicts and copies them. Its right use: some findings of
a row are known already, and they tell about the others. Ten "error" measurements of the breast
cancer data are the features; eleven findings (ten "worst" measurements above their median, and
malignant) are the labels. Macro AUC counts the findings that stayed unknown.

    python examples/label_branch.py
"""

from __future__ import annotations

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

import labelfeed
from labelfeed.audit import audit

KNOWN = (0.0, 0.25, 0.5, 0.75)


def findings() -> tuple[list[np.ndarray], labelfeed.LabelSpec]:
    data = load_breast_cancer()
    errors = np.log(data.data[:, 10:20] + 1e-3)
    x = ((errors - errors.mean(0)) / errors.std(0)).astype("float32")
    worst = data.data[:, 20:30] > np.median(data.data[:, 20:30], axis=0)
    y = np.column_stack([worst, data.target == 0]).astype("int32")
    names = [str(name).replace("worst ", "high ") for name in data.feature_names[20:]]
    spec = labelfeed.LabelSpec.multi([*names, "malignant"], name="findings")
    return train_test_split(x, y, test_size=0.4, random_state=0, stratify=y[:, -1]), spec


def train(model: keras.Model, inputs, y, epochs: int) -> keras.Model:
    model.compile("adam", "binary_crossentropy")
    model.fit(inputs, y, epochs=epochs, batch_size=32, verbose=0)
    return model


def plain(labels: int) -> keras.Model:
    x = keras.Input((10,), name="features")
    h = layers.Dense(64, activation="relu")(layers.Dense(64, activation="relu")(x))
    return keras.Model(x, layers.Dense(labels, activation="sigmoid")(h))


def as_written(labels: int) -> keras.Model:
    x, y = keras.Input((10,), name="features"), keras.Input((labels,), name="findings")
    branch = layers.Dense(64, activation="relu")(layers.Dense(32, activation="relu")(y))
    h = layers.Concatenate()([layers.Dense(64, activation="relu")(x), branch])
    return keras.Model([x, y], layers.Dense(labels, activation="sigmoid")(h))


def with_policy(spec: labelfeed.LabelSpec) -> labelfeed.LabelFedModel:
    x, y = keras.Input((10,), name="features"), labelfeed.LabelInput(spec)
    h = labelfeed.layers.LabelBranch(spec)([layers.Dense(64, activation="relu")(x), y])
    h = layers.Dense(64, activation="relu")(h)
    out = layers.Dense(spec.num_classes, activation="sigmoid")(h)
    return labelfeed.LabelFedModel(keras.Model([x, y], out), spec, labelfeed.Masked("uniform"))


def macro_auc(scores, y, known) -> float:
    """Mean AUC over labels, of the rows where the label was not known."""
    unknown = known == labelfeed.UNKNOWN
    pairs = [(y[u, j], scores[u, j]) for j, u in enumerate(unknown.T)]
    return float(np.mean([roc_auc_score(t, s) for t, s in pairs if 0 < t.mean() < 1]))


def bayes_product(scores, known, y) -> np.ndarray:
    """The cheap peer: plain log odds plus the log likelihood ratios of the known findings."""
    odds = np.log(scores + 1e-6) - np.log(1 - scores + 1e-6)
    for j in range(y.shape[1]):
        yes, no = y[y[:, j] == 1], y[y[:, j] == 0]
        for k in range(y.shape[1]):
            for state in (0, 1):
                rates = [((part[:, k] == state).sum() + 1) / (len(part) + 2) for part in (yes, no)]
                odds[known[:, k] == state, j] += np.log(rates[0] / rates[1])
    return odds


def main(epochs: int = 80) -> dict[str, float]:
    """Train, print macro AUC by the share of known findings, and return it."""
    keras.utils.set_random_seed(0)
    (x, xt, y, yt), spec = findings()
    flat = train(plain(spec.num_classes), x, y, epochs).predict(xt, verbose=0)
    naive = train(as_written(spec.num_classes), [x, y], y, epochs)
    model = train(with_policy(spec), x, y, epochs)
    rng = np.random.default_rng(0)
    none = np.full_like(yt, labelfeed.UNKNOWN)
    figures = {
        "as written, true labels": macro_auc(naive.predict([xt, yt], verbose=0), yt, none),
        "as written, zeros": macro_auc(naive.predict([xt, 0 * yt], verbose=0), yt, none),
        "as written, all flipped": macro_auc(naive.predict([xt, 1 - yt], verbose=0), yt, none),
    }
    for name, value in figures.items():
        print(f"{name:26} macro AUC {value:.3f}")
    print(f"\n{'known findings':26} {'plain':>8} {'Bayes product':>14} {'labelfeed':>10}")
    for share in KNOWN:
        known = np.where(rng.random(yt.shape) < share, yt, labelfeed.UNKNOWN)
        row = {
            "plain": macro_auc(flat, yt, known),
            "bayes": macro_auc(bayes_product(flat, known, y), yt, known),
            "labelfeed": macro_auc(model.predict(xt, known=known, verbose=0), yt, known),
        }
        figures |= {f"{name} {share:.0%}": value for name, value in row.items()}
        print(f"{share:<26.0%} {row['plain']:8.3f} {row['bayes']:14.3f} {row['labelfeed']:10.3f}")
    print("\nas written:\n" + str(audit(naive, xt, yt, spec)))
    print("\nlabelfeed:\n" + str(audit(model, xt, yt, spec)))
    print(
        "\nAs written, the branch copies each finding. Under the policy a finding that is read is\n"
        "not scored, and what the known findings tell about the others is real. The Bayes product\n"
        "(plain posterior times a table of counts) is the peer: the branch is worth its training\n"
        "where it beats that."
    )
    return figures


if __name__ == "__main__":
    main()
