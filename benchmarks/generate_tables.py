"""The figures of `python -m benchmarks generate`, and the tables that compare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from benchmarks import common
from labelfeed.judging.judged import Judged

__all__ = ["figures_of", "tables"]

_OURS = ("ours", "ours, pictures")
_CONTROL = "copy"
_COLUMNS = {  # figure: (head, what real rows have under it)
    "trees": ("told apart by trees", "trees_real"),
    "logistic": ("by logistic", "logistic_real"),
    "fidelity": ("label found", "fidelity_real"),
    "shape": ("shapes", "shape_real"),
    "pair": ("pairs", "pair_real"),
    "precision": ("alpha-precision", "precision_real"),
    "recall": ("beta-recall", "recall_real"),
    "excess": ("copied", None),
    "fit": ("fit s", None),
}
_WORTH = {
    "alone": "on synthetic alone",
    "over_real": "real + synthetic",
    "over_oversampled": "... over oversampling",
    "auc_over_real": "macro-AUC, real + synthetic",
    "auc_over_oversampled": "... over oversampling",
}


def figures_of(judged: Judged, spent: Mapping[str, float]) -> dict[str, float]:
    """Return the figures of one judgement that the tables show."""
    own, real, near = judged.likeness, judged.real, judged.copying
    fidelity, use = judged.fidelity[0], judged.usefulness[0]
    found = {
        "fidelity": fidelity.synthetic.value, "fidelity_real": fidelity.real.value,
        "nearer": near.nearer.value, "expected": near.expected, "excess": near.excess.value,
        "copies": float(near.copies), "equal": near.equal, "equal_real": near.equal_held_out,
        "authenticity": near.authenticity,
        "trained_real": use.scored("real").balanced_accuracy,
        "auc_real": use.scored("real").auc,
        "trained_oversampled": use.scored("real, oversampled").balanced_accuracy,
        "auc_oversampled": use.scored("real, oversampled").auc,
        **{name: getattr(use, name).value for name in _WORTH},
        **spent,
    }  # fmt: skip
    for end, likeness in (("", own), ("_real", real)):
        found |= {
            f"trees{end}": likeness.told_by("boosted trees").auc.value,
            f"logistic{end}": likeness.told_by("logistic").auc.value,
            f"shape{end}": likeness.shape,
            f"pair{end}": likeness.pair,
            f"precision{end}": likeness.coverage.precision,
            f"recall{end}": likeness.coverage.recall,
        }
    return {name: float(value) for name, value in found.items()}


def tables(found: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]) -> Iterator[str]:
    """Yield tables: of each set its figures and what rows are worth, then ours against the best."""
    for name, seeds in found.items():
        names = list(dict.fromkeys(g for own in seeds.values() for g in own))
        rows: list[list[Any]] = []
        judges = [next(iter(own.values())) for own in seeds.values()]  # the same for all generators
        real = [_mean(judges, of) if of else None for _, of in _COLUMNS.values()]
        rows.append(["real rows", *map(_cell, real)])
        for generator in names:
            own = [s[generator] for s in seeds.values() if generator in s]
            shown = [_mean(own, figure) for figure in _COLUMNS]
            caught = sum(one["copies"] for one in own)
            told = f"{shown[7]:+.2f}" + (f" ({caught:.0f} of {len(own)} caught)" if caught else "")
            cells = [*map(_cell, shown[:7]), told, f"{shown[8]:.0f}"]
            rows.append([generator, *cells])
        head = [f"{name}, {len(seeds)} seeds", *(text for text, _ in _COLUMNS.values())]
        yield common.table(rows, head)
        yield common.table(
            [[g, *(_gains(seeds, g, figure) for figure in _WORTH)] for g in names],
            [f"{name}: balanced accuracy {_base(seeds)}", *_WORTH.values()],
        )
    if any("ours" in own for seeds in found.values() for own in seeds.values()):
        yield _against_best(found)


def _against_best(found: Mapping[str, Any]) -> str:
    """Return, for each set, ours less the best other generator but the control, paired by seed."""
    rows = []
    for name, seeds in found.items():
        row: list[Any] = [name]
        for figure in ("trees", "fidelity"):
            whole = [own for own in seeds.values() if "ours" in own]
            pairs: dict[str, list[tuple[float, float]]] = {}  # of seeds that both have
            for own in whole:
                for generator in own:
                    if generator not in (*_OURS, _CONTROL):
                        pair = (_worse(own[generator], figure), _worse(own["ours"], figure))
                        pairs.setdefault(generator, []).append(pair)
            if not pairs:
                continue
            best = min(pairs, key=lambda g: float(np.mean(pairs[g], axis=0)[0]))
            others, mine = zip(*pairs[best], strict=True)
            gap = common.paired_interval(others, mine)
            told = "best" if gap.high < 0 else "worse" if gap.low > 0 else "tied"
            told = told if len(mine) > 1 else "one seed"
            row += [best, gap, told]
        rows.append(row)
    head = ["ours less the best other", "by C2ST (trees)", "difference", "", "by label found",
            "difference", ""]  # fmt: skip
    return common.table([row for row in rows if len(row) == len(head)], head)


def _worse(own: Mapping[str, float], figure: str) -> float:
    """Return how far a generator is from what real rows have; 0 is best."""
    if figure == "fidelity":
        return abs(own["fidelity"] - own["fidelity_real"])
    return abs(own["trees"] - 0.5)


def _gains(seeds: Mapping[str, Any], generator: str, figure: str) -> Any:
    values = [own[generator][figure] for own in seeds.values() if generator in own]
    return common.paired_interval([0.0] * len(values), values)


def _base(seeds: Mapping[str, Any]) -> str:
    own = [next(iter(s.values())) for s in seeds.values()]
    real, repeated = (_mean(own, f"trained_{on}") for on in ("real", "oversampled"))
    return f"{real:.3f} real, {repeated:.3f} oversampled"


def _mean(rows: list[Any], figure: str) -> float:
    return float(np.mean([row[figure] for row in rows]))


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
