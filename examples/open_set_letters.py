"""Classes that training never met: verify and retrieve them with a margin head, and plot it.

An embedding is trained on some classes; the label enters its loss only. Then rows of the other
classes are compared: are two of one class, which rows are nearest, which class by five examples
each, and which rows are of none of them? The peer is a plain softmax network: its
penultimate layer, and its greatest probability. docs/margin.md has the figures of many runs.

    python examples/open_set_letters.py                       # digits: 7 classes trained, 3 unseen
    python examples/open_set_letters.py --data DIR            # letters, 20 and 6
    python examples/open_set_letters.py --data DIR --set notmnist    # pictures of letters, 7 and 3

DIR holds letter-recognition.data (UCI), and notmnist-images-idx3-ubyte.gz with its labels.
"""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path

import keras
import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

import labelfeed
from labelfeed import verification
from labelfeed.strategies import margin

UNSEEN = {"digits": "789", "letter": "EKQRWZ", "notmnist": "AGJ"}
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
FAR, SHOTS = 0.01, 5


def load(name: str, folder: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Return features and the name of each row's class."""
    if name == "digits":
        data = load_digits()
        return (data.images[..., None] / 16).astype("float32"), data.target.astype(str)
    if folder is None:
        raise SystemExit(f"{name} needs --data DIR.")
    if name == "letter":
        table = np.loadtxt(folder / "letter-recognition.data", str, delimiter=",", skiprows=1)
        x = table[:, 1:].astype("float32")
        return (x - x.mean(axis=0)) / x.std(axis=0), table[:, 0]
    raw = [
        gzip.decompress((folder / f"notmnist-{part}-ubyte.gz").read_bytes())
        for part in ("images-idx3", "labels-idx1")
    ]
    images = np.frombuffer(raw[0], np.uint8, offset=16).reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    letters = np.array(list("ABCDEFGHIJ"))[np.frombuffer(raw[1], np.uint8, offset=8)]
    return (images[..., None] / 255).astype("float32"), letters


def softmax(spec: labelfeed.LabelSpec, shape, x, y, epochs: int) -> tuple[keras.Model, keras.Model]:
    """The same embedder under a plain softmax layer, for comparison: embedder and classifier."""
    embedder = margin(spec, shape, width=256).embedder
    out = keras.layers.Dense(spec.num_classes, activation="softmax")(embedder.output)
    model = keras.Model(embedder.inputs, out)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=epochs, batch_size=64, verbose=0)
    return embedder, model


def judge(vectors: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Scores of embeddings of classes that were not trained on."""
    similarity, same = verification.pair_similarities(vectors, y)
    few = np.concatenate([np.flatnonzero(y == c)[:SHOTS] for c in np.unique(y)])
    rest = np.setdiff1d(np.arange(len(y)), few)
    spec = labelfeed.LabelSpec.single(int(y.max()) + 1)
    nearest = labelfeed.NearestPrototype.fit(vectors[few], y[few], spec)
    return {
        "TAR at FAR 1 %": verification.tar_at_far(similarity, same, FAR),
        "recall at 1": verification.recall_at_k(vectors, y),
        f"class by {SHOTS} examples each": float(
            np.mean(nearest.predict(vectors[rest]) == y[rest])
        ),
    }


def main(
    epochs: int = 30,
    out: str | Path = "open-set.png",
    name: str = "digits",
    folder: Path | None = None,
    seed: int = 0,
) -> dict[str, dict[str, float]]:
    """Train on some classes, judge and plot the others; return the scores."""
    keras.utils.set_random_seed(seed)
    x, names = load(name, folder)
    shuffled = np.random.default_rng(seed).permutation(len(x))[:8000]
    x, names = x[shuffled], names[shuffled]
    unseen = np.isin(names, list(UNSEEN[name]))
    spec = labelfeed.LabelSpec.single(sorted(set(names[~unseen])), name="letter")
    y = spec.encode(names[~unseen])
    train, test = np.split(x[~unseen], [int(0.8 * len(y))])

    model = margin(spec, x.shape[1:], "arcface", width=256)
    model.fit(train, y[: len(train)], epochs=epochs, batch_size=64, verbose=0)
    networks = {"ArcFace": (model.embedder, model)}
    networks["softmax features"] = softmax(spec, x.shape[1:], train, y[: len(train)], epochs)

    new, new_names = x[unseen][:1500], names[unseen][:1500]
    classes, new_y = np.unique(new_names, return_inverse=True)
    figures = {}
    for key, (embedder, classifier) in networks.items():
        scores = [classifier.predict(rows, verbose=0) for rows in (test, new)]
        figures[key] = judge(embedder.predict(new, verbose=0), new_y)
        figures[key]["none-of-these AUC"] = verification.open_set_auc(*scores)
    accuracy = model.evaluate(test, y[len(train) :], verbose=0, return_dict=True)["accuracy"]
    vectors, old = (model.embedder.predict(rows, verbose=0) for rows in (new, test))

    # "None of these": for prototypes of unseen classes, rows of the trained ones are strangers.
    few = slice(0, 60)
    nearest = labelfeed.NearestPrototype.fit(
        vectors[few], new_y[few], labelfeed.LabelSpec.single(classes.tolist())
    )
    let_in = np.mean(nearest.predict(old, far=0.05) >= 0)
    kept = np.mean(nearest.predict(vectors[60:], far=0.05) >= 0)

    print(f"{name}: trained on {' '.join(spec.names)} (accuracy {accuracy:.3f})")
    print(f"unseen: {' '.join(classes)}, {len(new)} rows\n")
    for key, values in figures.items():
        print(f"{key:18}" + "".join(f"{k} {v:.3f}   " for k, v in values.items()))
    print(
        f"\nnone of these, threshold for 5 %: {let_in:.1%} of rows of other classes are let in, "
        f"{kept:.1%} of rows of the unseen classes"
    )
    plot(out, vectors, new_y, classes, old, new if x.ndim == 4 else None)
    print(f"\n{out}: the embedding, the cosines of pairs, and what retrieval finds")
    return {**figures, "open set": {"let in": float(let_in), "kept": float(kept)}}


def plot(out, vectors, y, classes, old, images) -> None:
    """Draw the embedding in two dimensions, the cosines of pairs and, for pictures, retrieval."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    old = old / np.linalg.norm(old, axis=1, keepdims=True)
    figure = Figure(figsize=(11, 4.6 if images is None else 8.4), layout="constrained")
    parts = [figure] if images is None else figure.subfigures(2, 1, height_ratios=(1.25, 1))
    left, right = parts[0].subplots(1, 2)

    pca = PCA(2).fit(unit)
    left.scatter(*pca.transform(old).T, s=9, c="#c4c4c4", lw=0, label="trained classes")
    flat = pca.transform(unit)
    for index, c in enumerate(classes):
        rows = flat[y == index]
        left.scatter(*rows.T, s=8, c=COLOURS[index], lw=0, alpha=0.75, label=c)
        box = {"facecolor": "white", "edgecolor": COLOURS[index], "boxstyle": "round,pad=0.2"}
        left.annotate(c, np.median(rows, axis=0), ha="center", va="center", weight="bold", bbox=box)
    left.set_title(
        "Embeddings of unseen classes (PCA); grey: trained ones", loc="left", fontsize=11
    )
    left.set_xticks([])
    left.set_yticks([])

    similarity, same = verification.pair_similarities(vectors, y)
    edges = np.linspace(-1, 1, 61)
    for kind, colour, label in ((~same, "#D55E00", "different"), (same, "#0072B2", "same class")):
        right.hist(similarity[kind], edges, density=True, color=colour, alpha=0.55, label=label)
    limit = np.quantile(similarity[~same], 1 - FAR)
    right.axvline(limit, color="black", lw=1, ls="--")
    tar = verification.tar_at_far(similarity, same, FAR)
    right.set_ylim(top=1.25 * right.get_ylim()[1])
    right.annotate(
        f"FAR 1 % at {limit:.2f}:\n{tar:.0%} of same pairs above  ",
        (limit, 0.98),
        xycoords=("data", "axes fraction"),
        va="top",
        ha="right",
        fontsize=9,
    )
    right.set_title("Cosines of pairs of unseen rows", loc="left", fontsize=11)
    right.set_yticks([])
    right.legend(frameon=False, loc="center left")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    if images is not None:
        _retrieval(parts[1], unit, y, classes, images)
    figure.savefig(out, dpi=120)


def _retrieval(part, unit, y, classes, images, found: int = 10) -> None:
    """One query of each unseen class and its nearest rows; wrong ones are framed."""
    part.suptitle("Query and its nearest rows (orange frame: another class)", x=0.01, ha="left",
                  fontsize=11)  # fmt: skip
    grid = part.subplots(len(classes), found + 1)
    rng = np.random.default_rng(1)
    for line, index in zip(grid, range(len(classes)), strict=True):
        query = rng.choice(np.flatnonzero(y == index))
        cosine = unit @ unit[query]
        cosine[query] = -np.inf
        order = np.argsort(-cosine)[:found]
        for axes, row in zip(line, [query, *order], strict=True):
            axes.imshow(images[row, :, :, 0], cmap="gray_r", vmin=0, vmax=1)
            axes.set_xticks([])
            axes.set_yticks([])
            wrong, asked = y[row] != index, row == query
            for spine in axes.spines.values():
                spine.set_color("#D55E00" if wrong else "black" if asked else "#dddddd")
                spine.set_linewidth(3 if wrong or asked else 1)
            axes.set_title("query" if asked else f"{cosine[row]:.2f}", fontsize=8, pad=3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, metavar="DIR")
    parser.add_argument("--set", choices=UNSEEN, help="digits without --data, else letter")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--out", default="open-set.png")
    given = parser.parse_args()
    chosen = given.set or ("letter" if given.data else "digits")
    main(given.epochs, given.out, chosen, given.data)
