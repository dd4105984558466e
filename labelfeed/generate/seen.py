"""Which labels a training has met: what was never met cannot be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.nearest import listed
from labelfeed.labels.spec import LabelSpec

__all__ = ["Seen"]


class Seen:
    """How many training rows had each label, by the name of its input.

    Args:
        counts: By input name `(num_entries, entry_states)` as nested lists.
        hidden: Whether training has met rows with unknown labels, or hidden some.

    Example:
        >>> spec = LabelSpec.single(["cat", "dog"], name="kind")
        >>> Seen.of([spec], {"kind": np.array([0, 0, -1])}, dropout=False).counts
        {'kind': [[2, 0]]}
    """

    def __init__(self, counts: Mapping[str, Any] | None = None, hidden: bool = True) -> None:
        """Keep the counts; without any, everything may be asked for."""
        self.counts = None if counts is None else dict(counts)
        self.hidden = bool(hidden)

    @classmethod
    def of(cls, labels: Sequence[LabelSpec], ids: Mapping[str, np.ndarray], dropout: bool) -> Seen:
        """Count the labels of training rows.

        Args:
            labels: The specs.
            ids: Their ids, by input name; -1 unknown.
            dropout: Whether training hides labels.
        """
        counts, hidden = {}, dropout
        for spec in labels:
            own = ids[spec.input_name].reshape(len(ids[spec.input_name]), -1)
            hidden |= bool((own == UNKNOWN).any())
            counts[spec.input_name] = [
                [int((column == state).sum()) for state in range(spec.entry_states)]
                for column in own.T
            ]
        return cls(counts, hidden)

    def plus(self, other: Seen) -> Seen:
        """Return what this training and another have met together."""
        if self.counts is None:
            return other
        counts = {
            name: (np.array(own) + np.array((other.counts or {})[name])).tolist()
            for name, own in self.counts.items()
        }
        return Seen(counts, self.hidden or other.hidden)

    def check(self, spec: LabelSpec, ids: np.ndarray) -> None:
        """Raise `ValueError` if a label is asked for that no training row had."""
        if self.counts is None:
            return
        counts = np.array(self.counts[spec.input_name])
        for place, column in enumerate(ids.reshape(len(ids), -1).T):
            for state in np.unique(column[column != UNKNOWN]).tolist():
                if counts[place, state]:
                    continue
                if not counts.any():
                    raise ValueError(
                        f"Training had no label of {spec.name!r}, so it cannot be asked for: fit "
                        "with labels, or leave it out."
                    )
                if spec.shape:
                    what = f"{spec.name_of(place)!r} = {state}"
                    raise ValueError(f"No training row had {what}, so it cannot be asked for.")
                had = [spec.name_of(i) for i in np.flatnonzero(counts[0]).tolist()]
                raise ValueError(
                    f"No training row had {spec.name} = {spec.name_of(state)!r}, so it cannot be "
                    f"asked for; training had {listed(had)}."
                )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"counts": self.counts, "hidden": self.hidden}
