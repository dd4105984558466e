"""Scores of a run on labelled rows: with nothing known, and partly known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.known_share import leave_known
from labelfeed.metrics.costs import tree_scores
from labelfeed.metrics.embeddings import verification_scores
from labelfeed.metrics.numbers import NumberScores, mean_numbers, scores_of_numbers
from labelfeed.metrics.probabilities import Scores, mean_scores, score
from labelfeed.models.wrapping import as_predictor
from labelfeed.records.held_out import HeldOut
from labelfeed.results import result_html
from labelfeed.runs.embed import embed
from labelfeed.runs.side_scores import score_sides
from labelfeed.sides.class_trees import tree_costs
from labelfeed.sides.tree import Tree
from labelfeed.types import AnyModel

__all__ = ["DRAWS", "Evaluation", "evaluate_run", "judged_rows"]

DRAWS = 5  # draws of which labels are known: one alone would be noisy on a small test part


class Evaluation(dict[str, Any]):
    """What `evaluate_run` returns: JSON types, and a table of the scores for a notebook."""

    def to_dict(self) -> dict[str, Any]:
        """Return a plain dict of it."""
        return dict(self)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each amount of knowledge, a column for each score."""
        sides = self.get("sides", {})
        sets = {k: self.get(k) for k in ("nothing_known", "not_fed", "partly_known")}
        sets |= {f"sides {k}": sides.get(k) for k in ("unknown", "known", "wrong")}
        rows = [
            {"known": name.replace("_", " "),
             **{k: v for k, v in found.items() if isinstance(v, int | float)}}
            for name, found in sets.items() if found
        ]  # fmt: skip
        return pd.DataFrame(rows).dropna(axis=1, how="all")

    def _repr_html_(self) -> str:
        return result_html("Scores", self.to_frame())


def evaluate_run(run: AnyModel, dataset: Dataset, known_share: float = 0.5) -> Evaluation:
    """Score a run on labelled rows: with nothing known, and for multi labels partly known.

    Args:
        run: The `Run`, or another model that `as_predictor` takes.
        dataset: Raw rows with labels of the run's spec; rows that were not trained on.
        known_share: Share of each row's labels known to a multi-label model, in [0, 1), drawn
            by `leave_known`; only the others are scored, over 5 seeded draws.

    Returns:
        JSON types, each a `Scores`: `"nothing_known"`; for multi labels also `"partly_known"` with
        `"known_share"`, and `"not_fed"`, the very same labels scored when none is fed: the
        difference is what the known labels are worth. Both are means of the draws. With side
        labels also `"sides"`, see `score_sides`; if it was trained to embed also `"verification"`,
        see `verification_scores`. Where labels are numbers `"numbers"`: for each of these the
        `NumberScores` of each number. With a tree of classes `"tree"`, see `tree_scores`; rows
        labelled coarsely are not scored. `"weighted"` where the rows have weights, which count in
        each `Scores`; pairs of embeddings, and gains with their intervals, count each row once.

    Raises:
        DataError: No row has a label.
        ValueError: `known_share` is out of its range.
    """
    return judged_rows(run, dataset, known_share)[0]


def judged_rows(
    run: AnyModel, dataset: Dataset, known_share: float = 0.5
) -> tuple[Evaluation, HeldOut]:
    """Return what `evaluate_run` returns, and the probabilities that it rests on.

    Args:
        run: As for `evaluate_run`.
        dataset: As for `evaluate_run`.
        known_share: As for `evaluate_run`.
    """
    if not dataset.labelled.any():
        raise DataError(f"{dataset.source}: no row has a label, so there is nothing to score.")
    dataset = dataset.take(dataset.labelled)
    predictor = as_predictor(run)
    spec = predictor.spec

    def scored(labels: np.ndarray, probabilities: np.ndarray) -> Scores:
        return score(labels, probabilities, spec, dataset.weights)

    def off(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, NumberScores]:
        """Return how far off the numbers are, of rows whose labels are not -1."""
        given = {name: number.values for name, number in dataset.numbers.items()}
        return scores_of_numbers(given, labels, probabilities, spec, dataset.weights)

    blind = predictor.probabilities(dataset.features)
    result = Evaluation(nothing_known=scored(dataset.targets, blind).to_json())
    numbers = {"nothing_known": [off(dataset.labels, blind)]}
    if dataset.coarse is not None:
        tree = Tree(dataset.coarse.parents)
        levels = {level.name: of for level, of in tree.levels(spec)}
        cost = tree_costs(tree, spec)
        result["tree"] = tree_scores(dataset.labels, blind, cost, levels)
    if predictor.embeds:
        vectors = embed(predictor, dataset.features)
        result["verification"] = verification_scores(vectors, dataset.labels)
    first: tuple[np.ndarray, np.ndarray] | None = None
    if len(spec.label_columns) > 1 and predictor.reads_label:
        fed, not_fed = [], []
        numbers |= {"partly_known": [], "not_fed": []}
        for seed in range(DRAWS):
            shown = leave_known(dataset.labels, known_share, seed, spec)
            hidden = np.where(shown == UNKNOWN, dataset.labels, UNKNOWN)
            told = predictor.probabilities(dataset.features, shown)
            fed.append(scored(hidden, told))
            if first is None:
                first = (shown, told)
            not_fed.append(scored(hidden, blind))
            numbers["partly_known"].append(off(hidden, told))
            numbers["not_fed"].append(off(hidden, blind))
        result["partly_known"] = {"known_share": known_share, **mean_scores(fed)}
        result["not_fed"] = {"known_share": known_share, **mean_scores(not_fed)}
    if dataset.numbers:
        result["numbers"] = {what: mean_numbers(drawn) for what, drawn in numbers.items()}
    sided: np.ndarray | None = None
    if predictor.sides and dataset.sides.specs:
        result["sides"] = score_sides(predictor, dataset)
        sided = predictor.probabilities(dataset.features, sides=dataset.sides.columns())
    if dataset.weights is not None:
        result["weighted"] = True
    return result, HeldOut(
        dataset.labels,
        blind,
        sided=sided,
        shown=None if first is None else first[0],
        told=None if first is None else first[1],
        weights=dataset.weights,
    )
