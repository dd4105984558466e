"""The Bayes product: a plain posterior times a count table of the side labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.values import complete_sides
from labelfeed.types import ArrayLike, Labels, SideValues

__all__ = ["BayesProduct"]

_MODES = ("counts", "hard", "soft")
_TINY = 1e-12


class BayesProduct:
    """Correct the posterior of a model that saw no side label by what the side labels tell.

    If side labels `s` and features `x` are independent given the class `y`, then
    `p(y | x, s) = p(y | x) prod_k p(s_k | y) / Z`. Nothing is trained: `p(s | y)` is a table of
    counts. It is the peer that every learned label input has to beat, and often enough by itself.
    It gains nothing where a side label changes what the features mean but not how probable the
    classes are (an orientation, a scanner): there a conditioning layer pays.

    Tables, with `T[y, s]` the rows of class y and side label s and S the classes of the side label:

    - `"counts"`: `p(s | y) = (T[y, s] + smoothing) / (sum_s T[y, s] + smoothing S)`.
    - `"hard"`: `p(s | y) = [s = f(y)]`, for a coarse label f of a fine target; f is given or the
      most frequent one. Classes that do not fit are ruled out; where none fits, nothing is known.
    - `"soft"`: as hard, at an error rate e: `1 - e` where s = f(y), else `e / (S - 1)`.

    A given `error_rate` in "counts" mixes the table likewise, for side labels that are clean in
    training and may be wrong at inference. An unknown side label is a factor of 1.

    Args:
        target: `LabelSpec` of the single target.
        sides: `LabelSpec` of each side label (multi: each of its labels counts by itself).
        mode: `"counts"`, `"hard"` or `"soft"`.
        smoothing: Rows added to every cell of the count table, > 0.
        error_rate: Share in [0, 1) of side labels that are wrong at inference. `None`: 0 for
            counts, for soft the share of the rows given to `fit` that disagree with f.
        coarse_of: `{side name: side class of each target class}` for hard and soft, ids; what is
            left out is the most frequent one of `fit`.

    Attributes:
        tables: After `fit`: log p(s | y), `(target classes, S)`, one for each side label.

    Raises:
        ValueError: An argument is out of range, or the target is multi.

    References:
        Lewis 1998, Naive (Bayes) at forty.

    Example:
        >>> from labelfeed import LabelSpec
        >>> letter, case = LabelSpec.single(["a", "b", "C"]), LabelSpec.single(2, "case")
        >>> product = BayesProduct(letter, [case], mode="hard").fit([0, 1, 2], [[0, 0, 1]])
        >>> product.predict_proba([[0.2, 0.2, 0.6]], [[0]]).tolist()
        [[0.5, 0.5, 0.0]]
    """

    def __init__(
        self,
        target: LabelSpec,
        sides: LabelSpec | Sequence[LabelSpec],
        mode: Literal["counts", "hard", "soft"] = "counts",
        smoothing: float = 1.0,
        error_rate: float | None = None,
        coarse_of: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """Check and store the arguments."""
        self.target = LabelSpec.from_config(target)
        given: list[Any] = list(sides) if isinstance(sides, (list, tuple)) else [sides]
        self.sides = [LabelSpec.from_config(side) for side in given]
        if self.target.kind != "single":
            raise ValueError("BayesProduct needs a single target; use one for each label of multi.")
        if not self.sides:
            raise ValueError("BayesProduct needs at least one side label.")
        if mode not in _MODES:
            raise ValueError(f"mode must be one of {_MODES}, got {mode!r}.")
        if not smoothing > 0:
            raise ValueError(f"smoothing must be > 0, got {smoothing!r}.")
        if error_rate is not None and not 0 <= error_rate < 1:
            raise ValueError(f"error_rate must be None or in [0, 1), got {error_rate!r}.")
        self.mode = mode
        self.smoothing = float(smoothing)
        self.error_rate = error_rate
        self.coarse_of = {k: [int(v) for v in ids] for k, ids in (coarse_of or {}).items()}
        self._check_mapping()
        self.tables: list[np.ndarray] = []

    def fit(self, y: Labels, sides: SideValues) -> BayesProduct:
        """Count; rows whose target or side label is unknown do not count for that side label.

        Args:
            y: Targets: anything `LabelSpec.encode` takes.
            sides: By name, a value for each row or one for all; what is left out is unknown. Or a
                DataFrame, or a list with the values of each side label.
        """
        ids = self.target.encode(y)
        self.tables = []
        for column, states, name in self._columns(sides, len(ids)):
            both = (ids >= 0) & (column >= 0)
            counts = np.zeros((self.target.num_classes, states))
            np.add.at(counts, (ids[both], column[both]), 1)
            self.tables.append(self._log_table(counts, name))
        return self

    def log_factor(self, sides: SideValues, rows: int | None = None) -> np.ndarray:
        """Return `sum_k log p(s_k | y)`, `(n, classes)`: the offset to add to logits; 0 if unknown.

        Args:
            sides: As for `fit`.
            rows: Number of rows; needed where no side label is given.
        """
        self._check_fitted()
        total: Any = 0
        for table, (column, _, _) in zip(self.tables, self._columns(sides, rows), strict=True):
            total = total + np.where((column >= 0)[:, None], table.T[np.maximum(column, 0)], 0.0)
        return np.asarray(total)

    def predict_proba(self, plain: ArrayLike, sides: SideValues) -> np.ndarray:
        """Return `p(y | x, s)`, `(n, classes)`.

        Args:
            plain: Posterior `p(y | x)` of a model without side labels, `(n, classes)`, >= 0.
            sides: As for `fit`.
        """
        plain = np.asarray(plain, np.float64)
        if plain.ndim != 2 or plain.shape[1] != self.target.num_classes or np.any(plain < 0):
            raise ValueError(
                f"Expected probabilities of shape (n, {self.target.num_classes}), got an array of "
                f"shape {plain.shape}"
                + (" with negative numbers: pass probabilities, not logits." if plain.size else ".")
            )
        product = plain * np.exp(self.log_factor(sides, len(plain)))
        total = product.sum(1, keepdims=True)
        # Side labels that rule every class out contradict each other or x: take x's word.
        return np.where(total > _TINY**2, product / np.maximum(total, _TINY**2), plain)

    def predict(self, plain: ArrayLike, sides: SideValues) -> np.ndarray:
        """Return the most probable class id of each row, `(n,)`; arguments as `predict_proba`."""
        return self.predict_proba(plain, sides).argmax(1).astype(np.int32)

    def get_config(self) -> dict[str, Any]:
        """Return a JSON-serialisable description, the fitted tables included."""
        return {
            "target": self.target.get_config(),
            "sides": [side.get_config() for side in self.sides],
            "mode": self.mode,
            "smoothing": self.smoothing,
            "error_rate": self.error_rate,
            "coarse_of": self.coarse_of,
            # JSON has no infinity: what is ruled out is stored as None.
            "tables": [
                [[v if np.isfinite(v) else None for v in row] for row in table.tolist()]
                for table in self.tables
            ],
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> BayesProduct:
        """Return the object that `get_config` described."""
        config = dict(config)
        tables = config.pop("tables", [])
        made = cls(config.pop("target"), list(config.pop("sides")), **config)
        made.tables = [
            np.array([[-np.inf if v is None else v for v in row] for row in table])
            for table in tables
        ]
        return made

    def _log_table(self, counts: np.ndarray, name: str) -> np.ndarray:
        states = counts.shape[1]
        if self.mode == "counts":
            table = (counts + self.smoothing) / (counts + self.smoothing).sum(1, keepdims=True)
            error: float | None = self.error_rate or 0.0
        else:
            most = counts.argmax(1)
            table = np.eye(states)[self.coarse_of.get(name, most)]
            table[(counts.sum(1) == 0) & (name not in self.coarse_of)] = 1 / states  # never seen
            error = 0.0 if self.mode == "hard" else self.error_rate
            if error is None:
                # One wrong row more than counted: an error of exactly 0 would be a hard mask.
                wrong = counts.sum() - (counts * (table == 1)).sum()
                error = (wrong + 1) / (counts.sum() + 2)
        if error and states > 1:
            table = (1 - error) * table + error * (1 - table) / (states - 1)
        with np.errstate(divide="ignore"):
            return np.log(table)

    def _columns(
        self, sides: SideValues, rows: int | None = None
    ) -> list[tuple[np.ndarray, int, str]]:
        """Return ids, number of states and name of each label that counts by itself."""
        found = []
        for spec, ids in zip(self.sides, complete_sides(self.sides, sides, rows), strict=True):
            for j, own in enumerate(np.atleast_2d(ids.T)):
                name = f"{spec.name}/{spec.name_of(j)}" if spec.shape else spec.name
                found.append((own, spec.entry_states, name))
        return found

    def _check_mapping(self) -> None:
        states = {side.name: side.num_classes for side in self.sides}
        for name, ids in self.coarse_of.items():
            if name not in states:
                raise ValueError(f"coarse_of names {name!r}; the side labels are {sorted(states)}.")
            if len(ids) != self.target.num_classes or not all(0 <= i < states[name] for i in ids):
                raise ValueError(
                    f"coarse_of[{name!r}] needs {self.target.num_classes} ids in "
                    f"0..{states[name] - 1}, one for each target class (no {UNKNOWN})."
                )

    def _check_fitted(self) -> None:
        if not self.tables:
            raise ValueError("This BayesProduct is not fitted: call fit(y, sides) first.")
