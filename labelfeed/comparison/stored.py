"""The result of a comparison as a file in its folder, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from labelfeed.comparison.contenders import CONTENDERS
from labelfeed.comparison.decision import Outcome
from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.result import ByValue, Compared, Comparison
from labelfeed.comparison.summary import UNITS
from labelfeed.metrics.intervals import Interval
from labelfeed.writing import replacing

__all__ = ["RESULT", "load_comparison", "save_comparison"]

RESULT = "result.json"


def save_comparison(found: Comparison, folder: str | Path, command: str = "") -> None:
    """Write the result into the folder of the comparison.

    Args:
        found: The result.
        folder: The folder.
        command: What was typed.

    Raises:
        OSError: It cannot be written.
    """
    text = json.dumps({"command": command, "result": found.to_dict()}, ensure_ascii=False)
    with replacing(Path(folder) / RESULT) as draft:
        draft.write_text(text + "\n", encoding="utf-8")


def load_comparison(folder: str | Path) -> tuple[Comparison, str]:
    """Return a result and what was typed for it.

    Args:
        folder: Folder of a comparison.

    Raises:
        ComparisonError: There is none, or it is broken.
    """
    path = Path(folder) / RESULT
    if not path.is_file():
        raise ComparisonError(
            f"{path} is missing: the comparison did not end, or is of an older version. The same "
            "`labelfeed compare` writes it, and makes no split again."
        )
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        found, command = _comparison(kept["result"]), kept["command"]
        if not isinstance(command, str):
            raise TypeError("command must be text")
    except (
        OSError, LookupError, TypeError, ValueError, AttributeError, RecursionError,
    ) as error:  # fmt: skip
        raise ComparisonError(f"{path} is broken: {error!r}") from error
    return found, command


def _comparison(kept: Mapping[str, Any]) -> Comparison:
    decision = kept["decision"]
    known = {
        "decision": Outcome(
            **{
                **decision,
                "gain": _interval(decision["gain"]),
                "p": _number(decision["p"]),
                "over_reader": _maybe(_interval, decision["over_reader"]),
                "over_plain": _maybe(_interval, decision.get("over_plain")),
            }
        ),
        "contenders": tuple(map(_compared, kept["contenders"])),
        "by": tuple(map(_by_value, kept["by"])),
        "notes": tuple(map(str, kept["notes"])),
        "data": {str(k): str(v) for k, v in kept["data"].items()},
    }
    found = Comparison(**{**kept, **known})
    point = found.contenders[0].scores[found.point]
    unknown = [one.name for one in found.contenders if one.name not in CONTENDERS]
    if found.metric not in UNITS or found.metric not in point or unknown:
        raise ValueError(f"metric {found.metric!r}, contenders {unknown}")
    return found


def _compared(kept: Mapping[str, Any]) -> Compared:
    gaps = {k: _maybe(_interval, kept[k]) for k in ("over_plain", "over_best")}
    bins = tuple((int(n), float(p), float(true)) for n, p, true in kept["bins"])
    return Compared(**{**kept, **gaps, "bins": bins})


def _by_value(kept: Mapping[str, Any]) -> ByValue:
    return ByValue(**{**kept, "gain": _maybe(_interval, kept["gain"])})


def _interval(kept: Mapping[str, Any]) -> Interval:
    ends = {name: _number(kept[name]) for name in ("mean", "low", "high")}
    return Interval(**{**kept, **ends})


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _maybe(
    make: Callable[[Mapping[str, Any]], Interval], kept: Mapping[str, Any] | None
) -> Interval | None:
    return None if kept is None else make(kept)
