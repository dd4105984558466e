"""Classifiers of other packages as peers: each optional, some with weights that a file brings."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["OUTSIDE", "Outside", "add_weights", "made", "why_not"]


@dataclasses.dataclass(frozen=True)
class Outside:
    """A classifier of another package.

    Args:
        package: What has to be installed.
        make: Makes it of a seed, and of the file with its weights.
        weights: Whether it needs such a file: none is downloaded.
    """

    package: str
    make: Callable[[int, Path | None], Any]
    weights: bool = False


def _pytabkit(name: str) -> Callable[[int, Path | None], Any]:
    def make(seed: int, weights: Path | None) -> Any:
        room = importlib.import_module("pytabkit.models.sklearn.sklearn_interfaces")
        return getattr(room, name)(device="cpu", random_state=seed, n_cv=1, n_refit=0, n_threads=1)

    return make


def _tabicl(seed: int, weights: Path | None) -> Any:
    return importlib.import_module("tabicl").TabICLClassifier(
        model_path=str(weights), allow_auto_download=False, device="cpu", random_state=seed
    )


def _tabpfn(seed: int, weights: Path | None) -> Any:
    return importlib.import_module("tabpfn").TabPFNClassifier(
        model_path=str(weights), device="cpu", random_state=seed, ignore_pretraining_limits=True
    )


OUTSIDE = {
    "realmlp": Outside("pytabkit", _pytabkit("RealMLP_TD_Classifier")),
    "tabm": Outside("pytabkit", _pytabkit("TabM_D_Classifier")),
    "tabicl": Outside("tabicl", _tabicl, weights=True),
    "tabpfn": Outside("tabpfn", _tabpfn, weights=True),
}
"""RealMLP (Holzmueller et al. 2024), TabM (Gorishniy et al. 2025), TabICL (Qu et al. 2025) and
TabPFN (Hollmann et al. 2025)."""


def made(name: str, seed: int, weights: Mapping[str, Path]) -> Any:
    """Return an unfitted classifier of `OUTSIDE`."""
    return OUTSIDE[name].make(seed, weights.get(name))


def why_not(name: str, weights: Mapping[str, Path]) -> str | None:
    """Return why one of `OUTSIDE` cannot run here; `None` where it can."""
    peer = OUTSIDE[name]
    if importlib.util.find_spec(peer.package) is None:
        return f"{name}: left out, {peer.package} is not installed"
    if peer.weights and name not in weights:
        return f"{name}: left out, its weights are not at hand (--weights {name}=FILE)"
    return None


def add_weights(parser: argparse.ArgumentParser) -> None:
    """Give a parser the option `--weights NAME=FILE ...`, which becomes a list of pairs."""

    def pair(text: str) -> tuple[str, Path]:
        name, _, file = text.partition("=")
        needing = [name for name, peer in OUTSIDE.items() if peer.weights]
        if name not in needing or not Path(file).is_file():
            raise argparse.ArgumentTypeError(
                f"{text!r} is not NAME=FILE with a file that is there and a name of "
                f"{', '.join(needing)}"
            )
        return name, Path(file)

    parser.add_argument("--weights", nargs="+", type=pair, default=[], metavar="NAME=FILE",
                        help="weights of tabicl or tabpfn; none is downloaded")  # fmt: skip
