"""What judging synthetic rows returns: figures, and what they mean in plain sentences."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.judging.copying import Copying
from labelfeed.judging.coverage import Coverage
from labelfeed.judging.fidelity import Fidelity
from labelfeed.judging.shapes import ColumnShape, PairTrend
from labelfeed.judging.told_apart import ToldApart
from labelfeed.judging.usefulness import Usefulness
from labelfeed.judging.verdicts import copies, helps, looks, obeys
from labelfeed.results import Result

__all__ = ["Judged", "Likeness"]


@dataclasses.dataclass(frozen=True)
class Likeness(Result):
    """How alike some rows are to real held-out rows.

    Attributes:
        shapes: A score for each column.
        pairs: A score for each two columns.
        apart: How well classifiers tell the rows apart.
        coverage: Alpha-precision and beta-recall.
    """

    shapes: tuple[ColumnShape, ...]
    pairs: tuple[PairTrend, ...]
    apart: tuple[ToldApart, ...]
    coverage: Coverage

    @property
    def shape(self) -> float:
        """Mean of the column shapes."""
        return float(np.mean([one.score for one in self.shapes]))

    @property
    def pair(self) -> float:
        """Mean of the pair trends; NaN where there are none."""
        return float(np.mean([one.score for one in self.pairs])) if self.pairs else float("nan")

    def told_by(self, by: str) -> ToldApart:
        """Return how well one classifier tells the rows apart.

        Args:
            by: `"boosted trees"` or `"logistic"`.
        """
        return next(one for one in self.apart if one.by == by)


@dataclasses.dataclass(frozen=True)
class Judged(Result):
    """Synthetic rows judged against real ones, each figure beside what real rows get.

    Attributes:
        target: The label columns.
        train: Number of training rows.
        held_out: Number of real rows that no generator has seen.
        synthetic: Number of synthetic rows.
        likeness: Synthetic rows against as many held-out ones.
        real: Training rows against as many held-out ones: what a perfect generator gets.
        copying: How near synthetic rows are to training rows.
        fidelity: For each label, whether it is obeyed.
        usefulness: For each label, what the rows are worth to a classifier.
        notes: What was left out, and why.
    """

    target: tuple[str, ...]
    train: int
    held_out: int
    synthetic: int
    likeness: Likeness
    real: Likeness
    copying: Copying
    fidelity: tuple[Fidelity, ...]
    usefulness: tuple[Usefulness, ...]
    notes: tuple[str, ...] = ()

    @property
    def verdicts(self) -> dict[str, str]:
        """What the figures mean: `looks`, `obeys`, `copies` and `helps`, a sentence each."""
        return {
            "looks": looks(self.likeness.apart, self.real.apart),
            "obeys": obeys(self.fidelity),
            "copies": copies(self.copying),
            "helps": helps(self.usefulness),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON types, with the verdicts and the means."""
        out = super().to_dict()
        for name, likeness in (("likeness", self.likeness), ("real", self.real)):
            out[name] |= {"shape": likeness.shape, "pair": likeness.pair}
        out["copying"] |= {
            "excess": self.copying.excess.to_dict(),
            "copies": self.copying.copies,
        }
        return {"verdicts": self.verdicts, **out}

    def figures(self) -> list[tuple[str, str, str, str]]:
        """Return name, figure of the synthetic rows, that of real rows, and which is best."""
        own, real, near = self.likeness, self.real, self.copying
        found = [
            ("column shapes", f"{own.shape:.3f}", f"{real.shape:.3f}", "1"),
            ("pair trends", f"{own.pair:.3f}", f"{real.pair:.3f}", "1"),
        ]
        found += [
            (f"told apart by {one.by} (AUC)", str(one.auc), f"{other.auc.value:.3f}", "0.5")
            for one, other in zip(own.apart, real.apart, strict=True)
        ]
        found += [
            ("alpha-precision", f"{own.coverage.precision:.3f}",
             f"{real.coverage.precision:.3f}", "as real"),
            ("beta-recall", f"{own.coverage.recall:.3f}",
             f"{real.coverage.recall:.3f}", "as real"),
            ("nearest real row is a training row", str(near.nearer), f"{near.expected:.3f}",
             "as real"),
            ("very near to a training row", f"{near.near:.3f}", f"{near.near_held_out:.3f}",
             "as real"),
            ("equal to a training row", f"{near.equal:.3f}", f"{near.equal_held_out:.3f}",
             "as real"),
        ]  # fmt: skip
        for one in self.fidelity:
            found.append(
                (
                    f"{one.target} found again",
                    str(one.synthetic),
                    f"{one.real.value:.3f}",
                    "as real",
                )
            )
        for use in self.usefulness:
            for on in ("synthetic", "real + synthetic", "real, oversampled"):
                found.append(
                    (f"{use.target}: trained on {on}", f"{use.scored(on).balanced_accuracy:.3f}",
                     f"{use.scored('real').balanced_accuracy:.3f}", "1")
                )  # fmt: skip
        return found

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each figure."""
        return pd.DataFrame(
            self.figures(), columns=["figure", "synthetic rows", "real rows", "best"]
        )

    def __str__(self) -> str:
        """Return the verdicts and the figures as a few lines of text."""
        lines = [*self.verdicts.values()]
        lines += [
            f"  {name}: {figure} (real rows {real}, best {best})"
            for name, figure, real, best in self.figures()
        ]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])
