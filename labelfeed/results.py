"""What every public result has: JSON types, a table, and an escaped view for notebooks."""

from __future__ import annotations

import dataclasses
import html
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Result", "json_types", "result_html"]

_MOST = 60  # rows that a notebook shows


class Result:
    """A frozen dataclass of findings: `to_dict`, `to_frame` and how a notebook shows it."""

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON types; what is no finite number is `None`."""
        found: dict[str, Any] = json_types(self)
        return found

    def to_frame(self) -> pd.DataFrame:
        """Return a table of it; here one row of all that is a single value."""
        import pandas as pd

        found = {k: v for k, v in self.to_dict().items() if not isinstance(v, dict | list)}
        return pd.DataFrame([found])

    def headline(self) -> str:
        """Return the first line of its text; the name of its class where it has none."""
        own = type(self).__str__ is not object.__str__
        return str(self).split("\n", 1)[0] if own else type(self).__name__

    def _repr_html_(self) -> str:
        return result_html(self.headline(), self.to_frame())


def result_html(headline: str, frame: pd.DataFrame) -> str:
    """Return a line and a table as HTML; nothing of the data can act in the page.

    Args:
        headline: The line.
        frame: The table; of more than 60 rows the first and the last are shown.

    Example:
        >>> import pandas as pd
        >>> shown = result_html("<b>", pd.DataFrame({"<i>": [0.12345, None]}))
        >>> "&lt;b&gt;" in shown, "&lt;i&gt;" in shown, "0.123" in shown
        (True, True, True)
    """
    table = frame.to_html(
        index=False, na_rep="-", float_format=lambda v: f"{v:.3f}", max_rows=_MOST, border=0
    )
    return f"<p><b>{html.escape(headline)}</b></p>{table}"


def json_types(value: object) -> Any:
    """Return a value as JSON types: dataclasses as objects, arrays as lists, NaN as `None`.

    Example:
        >>> json_types({"a": (1, float("nan"), float("inf"))})
        {'a': [1, None, None]}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: json_types(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): json_types(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_types(inner) for inner in value]
    if hasattr(value, "tolist"):  # an array, or a number of NumPy's
        return json_types(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int) else str(value)
