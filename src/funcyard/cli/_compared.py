"""Which functions of its spec a running app's worker did not find, or otherwise.

Beside the functions of each app that is ready, as its newest code is, stand the departures from
the spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.functions.declared import Declared, Departure, compare, declared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.functions.model import Function

Declarations = dict[str, tuple[Declared, ...]]
"""App to what its functions are meant to be."""

_WORDS = {
    Departure.MISSING: "not in the code: `funcyard diff` shows what to write",
    Departure.UNDECLARED: "not in funcyard.yaml",
}


def departures(
    wanted: Declarations, app: str, functions: Iterable[Function]
) -> list[dict[str, str]]:
    """Return how an app's functions depart from the spec.

    Args:
        wanted: What the spec says.
        app: The app's name.
        functions: What its worker found.
    """
    return [
        {
            "function": one.name,
            "departure": one.departure.value,
            "message": _WORDS.get(one.departure) or f"funcyard.yaml differs: {one.said}",
        }
        for one in compare(wanted[app], map(declared, functions))
    ]
