"""What a broken promise is, and how long one is waited for."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

PATIENCE = 180.0
"""Seconds that storage which fails may take to come right."""

_PAUSE = 0.3


class BrokenPromiseError(Exception):
    """Something is half-published, lost, or shown or told that is not so."""


async def until(missing: Callable[[], Awaitable[object]], *, seconds: float = PATIENCE) -> None:
    """Wait until nothing is missing.

    Args:
        missing: Returns what is, in words; what is false where nothing is.
        seconds: How long at most.

    Raises:
        BrokenPromiseError: Something still is.
    """
    began = time.monotonic()
    while left := await missing():
        if time.monotonic() - began > seconds:
            raise BrokenPromiseError(f"after {seconds:.0f} s still: {left}")
        await asyncio.sleep(_PAUSE)


@dataclass
class Endings:
    """How things were seen to have ended: each ends once, and stays so.

    Attributes:
        kind: What they are.
    """

    kind: str
    _seen: dict[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many were seen."""
        return len(self._seen)

    def see(self, identity: str, record: object) -> None:
        """Look at the record of one that has ended.

        Raises:
            BrokenPromiseError: It has been seen to have ended in another way.
        """
        before = self._seen.setdefault(identity, record)
        if before != record:
            raise BrokenPromiseError(f"the {self.kind} has ended twice: {before}, {record}")

    def prove_kept(self, found: Iterable[str]) -> None:
        """Prove that all that ended are found.

        Raises:
            BrokenPromiseError: One is not.
        """
        if lost := self._seen.keys() - set(found):
            raise BrokenPromiseError(f"of what ended was lost: the {self.kind} {sorted(lost)}")
