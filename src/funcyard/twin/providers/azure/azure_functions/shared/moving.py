"""Work on many things, of which one that fails stops none of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .faults import FunctionError, MoveError
from .tracing import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

_LOGGER = logger("moving")


async def each_apart(names: Iterable[str], work: Callable[[str], Awaitable[None]]) -> None:
    """Do something for each name, one after the other.

    Raises:
        MoveError: Some failed, all of them named; the others were done.
    """
    failed: list[str] = []
    for name in names:
        try:
            await work(name)
        except Exception as fault:  # a fault of ours is told as what it is
            told = fault.message if isinstance(fault, FunctionError) else "the log says why"
            _LOGGER.exception("%s could not be moved", name)
            failed.append(f"{name} ({told})")
    if failed:
        raise MoveError(f"not everything was moved: {', '.join(failed)}")
