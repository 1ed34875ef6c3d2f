"""Asking with an end to it: once, or again and again until something is so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from funcyard.azure.deadline import within
from funcyard.azure.errors import AzureUnreachableError
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_FoundT = TypeVar("_FoundT")

PAUSE: Final = 1.0
"""Seconds between two questions."""


PATIENCE: Final = 60.0
"""Seconds for all that a look asks."""


class TooSlowError(FuncyardError):
    """Something was not so in the time that there was."""

    code: ClassVar[str] = "too-slow"


async def answered(asking: Awaitable[_FoundT], what: str, *, patience: float = PATIENCE) -> _FoundT:
    """Return an answer that has to come in time.

    Args:
        asking: What is waited for.
        what: That in words, which go on from *waiting for*.
        patience: Seconds for it.

    Raises:
        AzureUnreachableError: It did not come.
        FuncyardError: Whatever else the asking raises.
    """
    try:
        async with within(patience):
            return await asking
    except TimeoutError:
        raise AzureUnreachableError(
            f"waiting for {what}: no answer within {patience:g} seconds", hint="try again later"
        ) from None


async def until(
    asking: Callable[[], Awaitable[_FoundT | None]],
    what: str,
    *,
    patience: float,
    pause: float = PAUSE,
) -> _FoundT:
    """Ask until there is an answer, and return that.

    What cannot be reached is asked again: it may be only for a moment.

    Args:
        asking: Returns None for not yet.
        what: What is waited for, in words: ``one to be active``.
        patience: Seconds for all of it.
        pause: Seconds between two questions.

    Raises:
        TooSlowError: There was none in that time.
        AzureUnreachableError: Nor was Azure reached when it ended.
        FuncyardError: Whatever else the asking raises.
    """
    unreached: AzureUnreachableError | None = None
    try:
        async with within(patience):
            while True:
                try:
                    found = await asking()
                    unreached = None
                except AzureUnreachableError as fault:
                    found, unreached = None, fault
                if found is not None:
                    return found
                await asyncio.sleep(pause)
    except TimeoutError:
        if unreached is not None:
            raise unreached from None
        raise TooSlowError(
            f"waiting for {what}: not so within {patience:g} seconds",
            hint="funcyard orch status and health say how it stands; --timeout waits longer",
        ) from None
