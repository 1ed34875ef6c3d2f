"""The addresses that resources tell, each asked for once while they stay what they are."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_SeenT = TypeVar("_SeenT")


class Addresses:
    """Addresses by the ids of resources; whoever reads a resource tells what it saw."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def tell(self, identity: str, address: str | None) -> None:
        """Remember the address of a resource; None forgets it."""
        if address is None:
            self._known.pop(identity.lower(), None)
        else:
            self._known[identity.lower()] = address

    async def seen(
        self,
        identity: str,
        read: Callable[[], Awaitable[_SeenT]],
        address: Callable[[_SeenT], str | None],
    ) -> _SeenT:
        """Read a resource and remember its address; who asks for that meanwhile waits for it.

        Args:
            identity: The resource's id.
            read: Reads it.
            address: Returns the address in what was read; None where it has none.
        """
        async with self._lock(identity):
            found = await read()
            self.tell(identity, address(found))
            return found

    async def of(self, identity: str, ask: Callable[[], Awaitable[str | None]]) -> str | None:
        """Return the address of a resource, asked for where it is not known.

        Args:
            identity: The resource's id.
            ask: Returns its address; None where it has none.
        """
        async with self._lock(identity):
            if identity.lower() not in self._known:
                self.tell(identity, await ask())
            return self._known.get(identity.lower())

    def _lock(self, identity: str) -> asyncio.Lock:
        return self._locks.setdefault(identity.lower(), asyncio.Lock())
