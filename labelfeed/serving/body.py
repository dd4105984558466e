"""The body of a request: strict JSON, one object, nothing read as something else in silence."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from typing import Any, NoReturn

from labelfeed.data.dataset import did_you_mean

__all__ = ["RequestError", "check_keys", "json_object"]


class RequestError(ValueError):
    """A request that cannot be answered.

    Args:
        message: What was expected, what came.
        status: Status of HTTP, 4xx or 503.
    """

    def __init__(self, message: str, status: int = 422) -> None:
        """Keep the status beside the message."""
        super().__init__(message)
        self.status = status


def json_object(body: bytes) -> dict[str, Any]:
    """Return the object that a body holds.

    Args:
        body: JSON in UTF-8. NaN, Infinity, numbers beyond a float and keys that stand twice in an
            object are refused: JSON has none of them, and readers differ about them.

    Raises:
        RequestError: It is no such object; 400.

    Example:
        >>> json_object(b'{"rows": [{"age": 31}]}')
        {'rows': [{'age': 31}]}
    """
    try:
        found = json.loads(
            body.decode("utf-8"),
            parse_constant=_refuse,
            parse_float=_finite,
            object_pairs_hook=_once,
        )
    except RequestError:
        raise
    except RecursionError:
        raise RequestError("The JSON is nested too deeply.", 400) from None
    except ValueError as error:  # of JSON, of UTF-8, of whole numbers with thousands of digits
        raise RequestError(f"The body is no JSON: {error}"[:300], 400) from None
    if not isinstance(found, dict):
        raise RequestError(
            'The body must be a JSON object such as {"rows": [{"column": value}]}.', 400
        )
    return found


def check_keys(given: Collection[str], allowed: Collection[str], what: str) -> None:
    """Raise `RequestError` if there is a key that is not allowed: a typo would pass unseen.

    Args:
        given: The keys of an object.
        allowed: Those that may be there.
        what: What they are keys of.
    """
    for key in given:
        if key not in allowed:
            shown = key if len(key) <= 100 else f"{key[:100]}..."
            names = ", ".join(map(repr, allowed))
            hint = did_you_mean(shown, list(allowed)) or f" Expected {names}."
            raise RequestError(f"{what}: there is no {shown!r}.{hint[:500]}")


def _refuse(constant: str) -> NoReturn:
    raise RequestError(f"{constant} is no JSON: write null for a value that is not there.", 400)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise RequestError(f"The number {text[:30]} is beyond what a float holds.", 400)
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RequestError(f"The key {twice[:100]!r} stands twice in one object.", 400)
    return found
