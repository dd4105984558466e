"""Text that several docstrings share, written once.

A docstring holds a line `{name}` where the text of that name belongs, indented as the text is to
be. `help`, `inspect.getdoc` and doctest see the text; the source keeps what is special to a class.
Only a line that is nothing else counts, so braces in formulas stay what they are.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

__all__ = ["KWARGS", "sharing"]

KWARGS = "**kwargs: `name`, `dtype`, `trainable`."  # what every Keras layer takes

_Documented = TypeVar("_Documented", bound=Callable[..., Any])
_PLACE = re.compile(r"^([ ]*)\{(\w+)\}[ ]*$", re.MULTILINE)


def sharing(texts: Mapping[str, str]) -> Callable[[_Documented], _Documented]:
    r"""Return a decorator that puts shared texts into the docstring of a class or function.

    Args:
        texts: Text by name, one line or several; its own indentation is taken away. A text may
            hold lines `{name}` too.

    Returns:
        The decorator. Without a docstring (`python -OO`) it changes nothing. It raises
        `ValueError` for a name that `texts` does not have.

    Example:
        >>> @sharing({"rate": "rate: Probability in [0, 1)."})
        ... class Drop:
        ...     '''Drop units.
        ...
        ...     Args:
        ...         {rate}
        ...     '''
        >>> print(inspect.getdoc(Drop))
        Drop units.
        <BLANKLINE>
        Args:
            rate: Probability in [0, 1).
    """

    def documented(made: _Documented) -> _Documented:
        def put(place: re.Match[str]) -> str:
            indent, name = place.groups()
            if name not in texts:
                known = ", ".join(sorted(texts))
                raise ValueError(
                    f"The docstring of {made.__qualname__} names a shared text {name!r}; "
                    f"expected one of {known}."
                )
            return textwrap.indent(_PLACE.sub(put, inspect.cleandoc(texts[name])), indent)

        if made.__doc__ is not None:
            made.__doc__ = _PLACE.sub(put, made.__doc__)
        return made

    return documented
