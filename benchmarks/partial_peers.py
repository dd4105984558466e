"""Networks, chain and LightGBM in `python -m benchmarks partial`: learn from parts, predict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.partial_data import Parts
from labelfeed import strategies
from labelfeed.labels.input import LabelInput
from labelfeed.labels.pairwise import pairwise_log_odds
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.known_label_attention import KnownLabelAttention
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wire import with_label
from labelfeed.options import PartialLabelsOptions
from labelfeed.strategies import partial_labels
from labelfeed.visibility.policies import Masked

__all__ = ["attention", "chain", "lightgbm", "naive_bayes", "plain", "strategy"]

Predict = Callable[[np.ndarray, np.ndarray], np.ndarray]
_OWN = PartialLabelsOptions()  # the trunk and the training of all networks
_FIT: dict[str, Any] = {"batch_size": _OWN.batch_size, "epochs": _OWN.epochs, "verbose": 0}
_CHAIN_SAMPLES = 50
_COPIES = 4


def strategy(parts: Parts, seed: int) -> Predict:
    """`partial-labels` as a user gets it in Python."""
    keras.utils.set_random_seed(seed)
    spec = LabelSpec.multi(parts.train[1].shape[1])
    model = partial_labels(spec, parts.train[0].shape[1:])
    model.fit(*parts.train, validation_data=parts.validation, callbacks=[_stop()], **_FIT)
    return _predicted(model)


def plain(parts: Parts, seed: int) -> Predict:
    """The same trunk, trained in the same way, without a label input."""
    keras.utils.set_random_seed(seed)
    spec = LabelSpec.multi(parts.train[1].shape[1])
    model = strategies.plain(spec, parts.train[0].shape[1:], **_OWN.shared())
    model.fit(*parts.train, validation_data=parts.validation, callbacks=[_stop()], **_FIT)
    return lambda x, known: model.predict(x, batch_size=1024, verbose=0)


def naive_bayes(parts: Parts, seed: int) -> Predict:
    """Posterior odds of the plain network times the pairwise odds of each known label."""
    tables = pairwise_log_odds(parts.train[1]).astype(np.float64)
    network = plain(parts, seed)

    def predict(x: np.ndarray, known: np.ndarray) -> np.ndarray:
        p = np.clip(network(x, known).astype(np.float64), 1e-6, 1 - 1e-6)
        evidence = (known == 0) @ tables[0] + (known == 1) @ tables[1]
        return 1 / (1 + np.exp(np.clip(-np.log(p / (1 - p)) - evidence, -500, 500)))

    return predict


def chain(parts: Parts, seed: int) -> Predict:
    """A probabilistic chain of logistic regressions, its known labels weighed by likelihood.

    Labels in random order, each given the features and those before it. Unknown labels are drawn,
    known ones set, and each draw weighs as much as it makes the known labels likely: known labels
    speak for those before them as well (Dembczynski et al. 2010; likelihood weighting).
    """
    (x, y), rng = parts.train, np.random.default_rng(seed)
    order = rng.permutation(y.shape[1])
    links = []
    for place, label in enumerate(order):
        inputs = np.column_stack([x, y[:, order[:place]]])
        link = LogisticRegression(C=0.1, max_iter=300)
        links.append(link.fit(inputs, y[:, label]) if 0 < y[:, label].mean() < 1 else y[0, label])

    def predict(x: np.ndarray, known: np.ndarray) -> np.ndarray:
        draws = np.random.default_rng(seed)
        total = np.zeros((len(x), y.shape[1]))
        state = np.zeros((_CHAIN_SAMPLES, len(x), 0))
        log_weight = np.zeros((_CHAIN_SAMPLES, len(x)))
        chance = np.zeros((_CHAIN_SAMPLES, len(x), y.shape[1]))
        for place, label in enumerate(order):
            link = links[place]
            if isinstance(link, LogisticRegression):
                d = x.shape[1]
                z = x @ link.coef_[0, :d] + link.intercept_ + state @ link.coef_[0, d:]
                p = np.clip(1 / (1 + np.exp(-z)), 1e-6, 1 - 1e-6)
            else:
                p = np.full(log_weight.shape, float(link))
            given = known[:, label]
            value = np.where(given < 0, draws.random(p.shape) < p, given)
            seen = np.where(given == 1, np.log(p + 1e-12), np.log(1 - p + 1e-12))
            log_weight += np.where(given < 0, 0.0, seen)
            chance[..., label] = p
            state = np.concatenate([state, value[..., None]], axis=2)
        drawn = np.empty_like(chance)
        drawn[..., order] = state
        weight = np.exp(log_weight - log_weight.max(axis=0))
        # Each label's own draws, smoothed a little by its chance: draws alone tie too often.
        total = ((0.9 * drawn + 0.1 * chance) * weight[..., None]).sum(axis=0)
        return total / weight.sum(axis=0)[:, None]

    return predict


def lightgbm(parts: Parts, seed: int) -> Predict:
    """One LightGBM a label: features and the other labels as columns, with missing values.

    Trained on the rows as they are with all labels missing, and on copies of them with labels
    missing at random, a share drawn for each row; the number of trees stops on validation rows.
    """
    import lightgbm as lgb

    rng = np.random.default_rng(seed)

    def masked(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        x, y = np.tile(x, (_COPIES, 1)), np.tile(y, (_COPIES, 1))
        rate = rng.random((len(x), 1))
        rate[: len(x) // _COPIES] = 1.0
        return x, np.where(rng.random(y.shape) >= rate, y, np.nan), y

    (x, known, y), held = masked(*parts.train), masked(*parts.validation)
    settings = {
        "objective": "binary", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 20,
        "feature_fraction": 0.5, "bagging_fraction": 0.7, "bagging_freq": 1, "verbose": -1,
        "num_threads": 1, "max_bin": 63, "seed": seed,
    }  # fmt: skip
    boosters = []
    for label in range(y.shape[1]):
        others = np.arange(y.shape[1]) != label
        train = lgb.Dataset(np.column_stack([x, known[:, others]]), y[:, label])
        check = lgb.Dataset(np.column_stack([held[0], held[1][:, others]]), held[2][:, label])
        stop = lgb.early_stopping(20, verbose=False)
        booster = lgb.train(settings, train, 300, valid_sets=[check], callbacks=[stop])
        boosters.append((others, booster))

    def predict(x: np.ndarray, known: np.ndarray) -> np.ndarray:
        given = np.where(known < 0, np.nan, known)
        columns = [b.predict(np.column_stack([x, given[:, others]])) for others, b in boosters]
        return np.column_stack(columns)

    return predict


def attention(parts: Parts, seed: int) -> Predict:
    """C-Tran's idea on the same trunk: label tokens attend to each other and to the features."""
    keras.utils.set_random_seed(seed)
    spec = LabelSpec.multi(parts.train[1].shape[1])
    features, label = keras.Input(parts.train[0].shape[1:], name="features"), LabelInput(spec)
    hidden = keras.layers.Dense(_OWN.width, activation="relu")(features)
    hidden = keras.layers.Dropout(_OWN.dropout)(hidden)
    logits = KnownLabelAttention(spec, depth=2)([hidden, label])
    out = keras.layers.Activation("sigmoid", dtype="float32")(logits)
    return _joint(parts, spec, keras.Model([features, label], out))


def _stop() -> Any:
    return keras.callbacks.EarlyStopping(
        "val_loss", patience=_OWN.patience, restore_best_weights=True
    )


def _predicted(model: Any) -> Predict:
    return lambda x, known: model.predict(x, known=known, batch_size=1024, verbose=0)


def _joint(parts: Parts, spec: LabelSpec, network: Any) -> Predict:
    """Train a network that reads labels in one phase, stopped on rows partly known."""
    model = LabelFedModel(network, spec, Masked("uniform"))
    model.compile(keras.optimizers.AdamW(1e-3, weight_decay=1e-2), "binary_crossentropy")
    x, y = (np.tile(part, (4, 1)) for part in parts.validation)
    held = (with_label(x, Masked("uniform").sample(y, seed=0)), y)
    model.fit(*parts.train, validation_data=held, callbacks=[_stop()], **_FIT)
    return _predicted(model)
