"""Work on many things, of which one that fails stops none of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .faults import FunctionError, MoveError
from .tracing import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

_LOGGER = logger("moving")


async def each_apart(
    names: Iterable[str], work: Callable[[str], Awaitable[None]]
) -> dict[str, str]:
    """Do something for each name, one after the other; return why it failed for which."""
    failed: dict[str, str] = {}
    for name in names:
        try:
            await work(name)
        except Exception as fault:  # a fault of ours is told as what it is
            _LOGGER.exception("%s could not be moved", name)
            failed[name] = fault.message if isinstance(fault, FunctionError) else "the log says why"
    return failed


def check_all_moved(failed: Mapping[str, str]) -> None:
    """Check that nothing failed.

    Args:
        failed: Why, by what failed.

    Raises:
        MoveError: Something did, all of it named; the rest was moved.
    """
    if failed:
        told = ", ".join(f"{name} ({why})" for name, why in failed.items())
        raise MoveError(f"not everything was moved: {told}")
