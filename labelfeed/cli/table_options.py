"""The options that say how a table is read: the same for `check` and `train`."""

from __future__ import annotations

from typing import Any

import click

from labelfeed.cli.common_options import options_of, split_names

__all__ = ["TABLE", "table_reading"]

TABLE = options_of(
    click.option("--target", metavar="COL", help="Label column. npz: label array [y]."),
    click.option("--label", "labels", metavar="COL", multiple=True,
                  help="Further label column, yes/no or of classes; predicted together."),
    click.option("--side", "sides", metavar="COL,...", multiple=True,
                  help="Side label: known at inference, not the target; no feature."),
    click.option("--ranges", "--side-ranges", "side_ranges", metavar="COL=N", multiple=True,
                  help="Ranges of a label or side column of numbers: how many [5], COL=18,65: cut "
                  "there, COL=0: each number is a class."),
    click.option("--order", metavar="A<B<C", multiple=True,
                  help="Classes in order, lowest first; COL=A<B<C: of another column."),
    click.option("--weight", "weights", metavar="COL", multiple=True,
                  help="Weight of each row; LABEL=COL: of that label. No feature."),
    click.option("--id-column", metavar="COL", help="Row ids; no feature."),
    click.option("--group", metavar="COL", help="Rows of one value (a patient) stay on one side of "
                 "every split; no feature. npz: [groups]."),
    click.option("--drop", metavar="COL", multiple=True, help="Column that is no feature."),
    click.option("--decimal", type=click.Choice([",", "."]),
                  help="How a table writes numbers: ',' 12.573,0 and '.' 12,573.0, also with %, "
                  "$ and the like.  [',' where ';' separates cells]"),
    click.option("--dates", metavar="COL[=HOW],...", multiple=True,
                  help="Column of dates; HOW: dmy, mdy, ymd or a format such as %d.%m.%y."),
    click.option("--encoding", metavar="NAME", help="Of the text of a table, as latin-1.  [utf-8]"),
)  # fmt: skip
_NAMES = (
    "target", "labels", "sides", "side_ranges", "order", "weights", "id_column", "group", "drop",
    "decimal", "dates", "encoding",
)  # fmt: skip
_SEVERAL = ("sides", "dates")  # whose items may hold several names, `A,B`


def table_reading(given: dict[str, Any]) -> dict[str, Any]:
    """Take these options out of all that a command was given, as arguments of `load_table`.

    Example:
        >>> given = dict.fromkeys(_NAMES) | {"sides": ("a,b",), "dates": (), "seed": 3}
        >>> table_reading(given)["sides"], given
        (('a', 'b'), {'seed': 3})
    """
    reading = {name: given.pop(name) for name in _NAMES}
    return {**reading, **{name: split_names(reading[name]) for name in _SEVERAL}}
