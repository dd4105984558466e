"""Runs: a folder with a trained model and its record, and what is done with one."""

from labelfeed.runs.ask import Question, ask
from labelfeed.runs.embed import embed
from labelfeed.runs.evaluate import evaluate_run
from labelfeed.runs.explain import KnownEffect, KnownEffects, explain_known, explain_rows
from labelfeed.runs.folder import Run, RunError, load_run
from labelfeed.runs.saving import save_run
from labelfeed.runs.train import train

__all__ = [
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
    "load_run",
    "save_run",
    "train",
]
