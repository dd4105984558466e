"""Time and memory of a step on an accelerator, where the backend has one; else of nothing."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["on_accelerator", "peak_mb", "reset", "wait"]


def on_accelerator() -> bool:
    """Return whether the backend of this process puts its arrays on a GPU."""
    return _torch() is not None or _jax() is not None


def wait() -> None:
    """Return when the accelerator has done all that was asked of it."""
    if torch := _torch():
        torch.cuda.synchronize()


def reset() -> float:
    """Forget the peak of memory, and return what is held in MB; NaN without an accelerator."""
    if torch := _torch():
        torch.cuda.synchronize()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        return torch.cuda.memory_allocated() / 2**20
    if device := _jax():
        return device.memory_stats()["bytes_in_use"] / 2**20
    return float("nan")


def peak_mb() -> float:
    """Return the most memory held in MB: on Torch since `reset`, on JAX since the start."""
    if torch := _torch():
        return torch.cuda.max_memory_allocated() / 2**20
    if device := _jax():
        return device.memory_stats()["peak_bytes_in_use"] / 2**20
    return float("nan")


def _torch() -> Any:
    keras, torch = sys.modules.get("keras"), sys.modules.get("torch")
    wanted = keras and torch and keras.backend.backend() == "torch" and torch.cuda.is_available()
    return torch if wanted else None


def _jax() -> Any:
    keras, jax = sys.modules.get("keras"), sys.modules.get("jax")
    if not (keras and jax and keras.backend.backend() == "jax"):
        return None
    device = jax.devices()[0]
    return device if device.platform == "gpu" else None
