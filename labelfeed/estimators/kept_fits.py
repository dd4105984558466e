"""Fits that a training does not do twice: each is looked for in a checkpoint, by what goes into it.

The name of a piece is a hash of the model's settings, the rows, the folds and the seed, so that
whatever strategy fits, in whatever order, finds its own fits and no others.
"""

from __future__ import annotations

import contextlib
import contextvars
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from labelfeed.estimators.member import CrossFitted, Member
from labelfeed.estimators.plain_arrays import from_arrays, to_arrays
from labelfeed.labels.spec import LabelSpec
from labelfeed.records.checkpoint import Checkpoint

__all__ = ["cross_fitted", "fit_name", "keeping", "kept_checkpoint", "kept_fit"]

_Found = TypeVar("_Found")
_NOW: contextvars.ContextVar[Checkpoint | None] = contextvars.ContextVar("checkpoint", default=None)


@contextlib.contextmanager
def keeping(checkpoint: Checkpoint | None) -> Iterator[None]:
    """Keep the fits of the block in a checkpoint; `None`: none are kept.

    Whoever fits asks for it (`kept_checkpoint`), however deep in a strategy: handing it through all
    of them would make it an argument of everything that fits something.
    """
    before = _NOW.set(checkpoint)
    try:
        yield
    finally:
        _NOW.reset(before)


def kept_checkpoint() -> Checkpoint | None:
    """Return the checkpoint of the training that is under way, if it keeps one."""
    return _NOW.get()


def cross_fitted(
    member: Member,
    x: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    folds: np.ndarray,
    *,
    sample_weight: np.ndarray | None = None,
    seed: int = 0,
) -> CrossFitted:
    """Return `member.cross_fit` of the arguments, from the checkpoint where it was done before.

    A member with an attribute `keeps_fits` that is true looks there itself.
    """

    def fit() -> CrossFitted:
        return member.cross_fit(x, y, spec, folds, sample_weight=sample_weight, seed=seed)

    if getattr(member, "keeps_fits", False):
        return fit()
    given = {"x": x, "y": y, "folds": folds, "weight": sample_weight, "seed": seed}
    return kept_fit(member, given, spec, fit)


def kept_fit(
    what: object, given: Mapping[str, Any], spec: LabelSpec, fit: Callable[[], _Found]
) -> _Found:
    """Return what a fit returns, from the checkpoint where it was done before.

    Args:
        what: Is fitted: its class and attributes count.
        given: What it is fitted on: arrays, numbers and texts by name.
        spec: What the labels are.
        fit: Fits. Its result is kept if `to_arrays` knows it.

    Example:
        >>> kept_fit("mean", {"x": np.ones(2)}, LabelSpec.multi(1), lambda: 1.0)
        1.0
    """
    checkpoint = kept_checkpoint()
    if checkpoint is None:
        return fit()
    names: list[str] = []

    def name() -> str:
        if not names:
            names.append(fit_name(what, given, spec))
        return names[0]

    if checkpoint.found:
        found = checkpoint.read(name())
        if found is not None:
            kept: _Found = from_arrays(*found, spec)
            return kept
    fitted = fit()

    def piece() -> tuple[str, Mapping[str, np.ndarray], Any] | None:
        packed = to_arrays(fitted, spec)
        return None if packed is None else (name(), *packed)

    checkpoint.offer(piece)
    return fitted


def fit_name(what: object, given: Mapping[str, Any], spec: LabelSpec) -> str:
    """Return the name of a fit: a hash of its arguments, which are those of `kept_fit`."""
    digest = hashlib.blake2b(digest_size=16)
    _add(digest, what)
    _add(digest, dict(given))
    _add(digest, json.dumps(spec.get_config(), sort_keys=True, default=str))
    return f"part-{digest.hexdigest()}"


def _add(digest: hashlib.blake2b, value: object) -> None:
    if isinstance(value, np.ndarray):
        text = f"{value.dtype.str}{value.shape}"
        data = np.ascontiguousarray(value)
        digest.update(text.encode())
        digest.update(repr(data.tolist()).encode() if data.dtype.hasobject else data.tobytes())
    elif isinstance(value, Mapping):
        for key in sorted(value, key=str):
            digest.update(f"{key}=".encode())
            _add(digest, value[key])
    elif isinstance(value, tuple | list):
        digest.update(f"{len(value)}:".encode())
        for one in value:
            _add(digest, one)
    elif value is None or isinstance(value, bool | int | float | str | np.generic):
        digest.update(f"{value!r};".encode())
    elif not callable(value) or hasattr(value, "cross_fit"):
        digest.update(f"{type(value).__module__}.{type(value).__qualname__}".encode())
        _add(digest, getattr(value, "__dict__", {}))
