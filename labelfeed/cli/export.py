"""`labelfeed export`: the model of a run for another program."""

from __future__ import annotations

from labelfeed.cli.backends import hushed
from labelfeed.cli.console import say
from labelfeed.export.export import Exported, export_run

__all__ = ["run_export"]


def run_export(
    run: str,
    *,
    format: str,
    out: str | None = None,
    with_known: bool = False,
    overwrite: bool = False,
    trust: bool | str = False,
    quiet: bool = False,
) -> Exported:
    """Export a run and say what was written and how far it is from Keras.

    Args:
        run: Run folder.
        format: One of `labelfeed.export.export.EXPORT_FORMATS`.
        out: Where to; `None` for an ONNX copy beside the run.
        with_known: Whether labels are inputs too.
        overwrite: Whether what is there may be replaced.
        trust: Whether the run may import its own code.
        quiet: Say nothing.
    """
    with hushed():  # what TensorFlow and LiteRT write at their start
        done = export_run(run, format, out, with_known=with_known, overwrite=overwrite, trust=trust)
    if not quiet:
        where = " and ".join(map(str, done.paths))
        say(
            f"written to {where}; {done.runtime} differs from Keras by at most "
            f"{done.difference:.1g} on {done.rows} rows"
        )
    return done
