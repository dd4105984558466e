"""The run of a command: by its ONNX copy where that does, else by Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from labelfeed.cli.backends import start_backend
from labelfeed.predictors.onnx_model import OnnxError
from labelfeed.runs.kept import KeptRun
from labelfeed.runs.onnx_copy import COPY, copy_of

__all__ = ["open_run"]


def open_run(
    run: str,
    tell: Callable[[str], None],
    *,
    backend: str | None = None,
    trust: bool | str = False,
    known: bool = False,
    prior: float | str | Mapping[str, float] | None = None,
) -> KeptRun:
    """Return a run; without Keras if its ONNX copy does what is asked.

    Args:
        run: The folder.
        tell: Called with a line for the user.
        backend: The Keras backend that the user asked for: then the copy is not used.
        trust: Whether the run may import its own code; see `load_run`.
        known: Whether known labels will be given.
        prior: A prior to shift to, which takes the model itself; see `run_at_prior`.
    """
    if prior is None and backend is None and not isinstance(trust, str):
        copy = _copy(run, tell)
        if copy is not None and (copy.predictor.reads_label or copy.sides or not known):
            return _told(copy, known, tell)
    start_backend(backend)
    from labelfeed.runs.at_deployment import run_at_prior
    from labelfeed.runs.folder import load_run

    loaded = load_run(run, trust=trust)
    _told(loaded, known, tell)
    return loaded if prior is None else run_at_prior(loaded, prior, tell)


def _told(run: KeptRun, known: bool, tell: Callable[[str], None]) -> KeptRun:
    """Return the run; say so if labels will be given to one that reads none, as its scores tell."""
    scores = run.metrics
    unread = "partly_known" in scores and scores["partly_known"] == scores.get("not_fed")
    if known and unread and run.options.get("strategy") == "plain":
        tell("a run of strategy 'plain' reads no label: known ones change no probability")
    return run


def _copy(run: str, tell: Callable[[str], None]) -> KeptRun | None:
    """Return the ONNX copy of a run; `None` if there is none or it cannot be used, said in a line.

    Raises:
        RunError: The run is broken, with whatever it is loaded.
    """
    if not (Path(run) / COPY).is_file():
        return None
    try:
        return copy_of(run)
    except OnnxError as error:
        tell(f"ONNX copy not used, Keras predicts: {error}")
        return None
