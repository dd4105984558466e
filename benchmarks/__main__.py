"""`python -m benchmarks NAME [options]`: run one benchmark of the table below."""

from __future__ import annotations

import importlib
import sys

# name: (module with main(arguments), what it measures)
BENCHMARKS = {
    "annotators": ("benchmarks.annotators", "labels of several readers: votes, Dawid-Skene, ours"),
    "attention": ("benchmarks.attention", "a step of KnownLabelAttention beside KnownLabelPath"),
    "audit-rates": ("benchmarks.audit_rates", "hit and false-alarm rates of the leak audit"),
    "backbone": ("benchmarks.backbone", "few letters on a network trained on other letters"),
    "class-sampling": (
        "benchmarks.class_sampling",
        "accuracy with a share of the classes a step, on real letters",
    ),
    "class-trees": ("benchmarks.class_trees", "few rows of known class, more known coarsely"),
    "coherence": (
        "benchmarks.coherence",
        "known labels: P(a) beside the mean of P(a | b) over the answers to b",
    ),
    "conditional-dense": (
        "benchmarks.conditional_dense",
        "a kernel for each class: time and memory by backend",
    ),
    "cold-start": ("benchmarks.cold_start", "predict and ask anew: by the ONNX copy, by Keras"),
    "faults": ("benchmarks.faults", "trainings killed and started again: the same weights?"),
    "hard": ("benchmarks.hard", "rare, noisy and few labels, and small tables, against all peers"),
    "few-labels": (
        "benchmarks.few_labels",
        "few labelled rows among many without: pseudo-labels beside scikit-learn's",
    ),
    "generate": ("benchmarks.generate", "rows made for a label, beside SMOTE, CTGAN and others"),
    "kinds": ("benchmarks.kinds", "classes, ranks and numbers as labels: losses, orders, ranges"),
    "images": ("benchmarks.images", "the default network for pictures beside a small Keras CNN"),
    "leak": ("benchmarks.leak", "plain, naive and masked models on real data, with the audit"),
    "inputs": ("benchmarks.inputs", "odd labels, files, runs and kills: read right, or refused"),
    "loading": ("benchmarks.loading", "a million rows of a table into labelfeed, beside pandas"),
    "missingness": ("benchmarks.missingness", "labels known because present: train like that?"),
    "partial": ("benchmarks.partial", "partly known labels against peers, by known share"),
    "partial-images": ("benchmarks.partial_images", "partly known findings of drawn images"),
    "plain": ("benchmarks.plain", "the plain network for tables against trees, linear, MLP"),
    "margin": ("benchmarks.margin", "margin loss at many classes: time and memory beside peers"),
    "open-set": ("benchmarks.open_set", "classes never trained: margin heads and softmax features"),
    "neighbours": ("benchmarks.neighbours", "the search for neighbours beside faiss's flat index"),
    "noisy": ("benchmarks.noisy", "labels with planted errors: repaired, robust losses, cleanlab"),
    "overhead": ("benchmarks.overhead", "training step against the same network wired by hand"),
    "scale-out": ("benchmarks.scale_out", "two devices, two processes: the training on one?"),
    "serve": ("benchmarks.serve", "requests a second and p99 of a served run, beside LitServe"),
    "side": ("benchmarks.side", "side labels known at inference: Bayes product and every layer"),
    "streaming": ("benchmarks.streaming", "rows that stay on disk, beside rows in the memory"),
    "train-time": ("benchmarks.train_time", "labelfeed train as a whole command, beside peers"),
    "training-only": ("benchmarks.training_only", "columns that prediction lacks, as teachers"),
    "trees": ("benchmarks.trees", "trees of scikit-learn as a layer: time and file size"),
    "tune": ("benchmarks.tune", "what tuning gains over the defaults, beside random search"),
    "verdicts": ("benchmarks.verdicts", "how often compare says that labels pay, and is right"),
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print("usage: python -m benchmarks NAME [--help] [options]\n")
        for name, (_, what) in BENCHMARKS.items():
            print(f"  {name:<18} {what}")
        return 0
    name, *rest = arguments
    if name not in BENCHMARKS:
        print(
            f"There is no benchmark {name!r}; choose from {', '.join(BENCHMARKS)}.", file=sys.stderr
        )
        return 2
    importlib.import_module(BENCHMARKS[name][0]).main(rest)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
