"""Runs: a folder with a trained model and its record, and what is done with one.

A name is imported when it is asked for: only some of them need Keras.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelfeed.lazy import lazy_names

if TYPE_CHECKING:  # for whoever reads the names without running anything
    from labelfeed.runs.ask import Question, ask
    from labelfeed.runs.embed import embed
    from labelfeed.runs.evaluate import evaluate_run
    from labelfeed.runs.explain import KnownEffect, KnownEffects, explain_known, explain_rows
    from labelfeed.runs.folder import Run, load_run
    from labelfeed.runs.generator import Generator
    from labelfeed.runs.generator_folder import load_generator, save_generator
    from labelfeed.runs.kept import KeptRun, RunError
    from labelfeed.runs.onnx_copy import read_onnx
    from labelfeed.runs.saving import save_run
    from labelfeed.runs.train import train
    from labelfeed.runs.train_generator import train_generator

_PLACES = {
    "Generator": "labelfeed.runs.generator",
    "KeptRun": "labelfeed.runs.kept",
    "KnownEffect": "labelfeed.runs.explain",
    "KnownEffects": "labelfeed.runs.explain",
    "Question": "labelfeed.runs.ask",
    "Run": "labelfeed.runs.folder",
    "RunError": "labelfeed.runs.kept",
    "ask": "labelfeed.runs.ask",
    "embed": "labelfeed.runs.embed",
    "evaluate_run": "labelfeed.runs.evaluate",
    "explain_known": "labelfeed.runs.explain",
    "explain_rows": "labelfeed.runs.explain",
    "read_onnx": "labelfeed.runs.onnx_copy",
    "load_generator": "labelfeed.runs.generator_folder",
    "load_run": "labelfeed.runs.folder",
    "save_generator": "labelfeed.runs.generator_folder",
    "save_run": "labelfeed.runs.saving",
    "train": "labelfeed.runs.train",
    "train_generator": "labelfeed.runs.train_generator",
}

__all__ = [
    "Generator",
    "KeptRun",
    "KnownEffect",
    "KnownEffects",
    "Question",
    "Run",
    "RunError",
    "ask",
    "embed",
    "evaluate_run",
    "explain_known",
    "explain_rows",
    "load_generator",
    "load_run",
    "read_onnx",
    "save_generator",
    "save_run",
    "train",
    "train_generator",
]

__getattr__ = lazy_names(__name__, _PLACES)
