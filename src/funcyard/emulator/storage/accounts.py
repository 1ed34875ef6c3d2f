"""The data planes of all storage accounts: started, found, given new keys, taken down.

An account's ports are chosen once and kept, so that its addresses stay over restarts; it gets
others only where somebody else holds one of them. One whose servers did not start again under other
keys is served under its former ones, as soon as that can be.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.azurite.errors import PortTakenError
from funcyard.emulator.core.folders import remove_folder
from funcyard.emulator.storage.azurite import AccountAzurite
from funcyard.emulator.storage.files_plane import AccountFiles
from funcyard.errors import FuncyardError
from funcyard.listening import PortError, is_busy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.azurite.launching import Program
    from funcyard.emulator.core.store import Store

_LOGGER = logging.getLogger(__name__)
SERVICES: Final = ("blob", "queue", "table", "file")
_HOST: Final = "127.0.0.1"
_FREED_SECONDS: Final = 5.0
_STEP_SECONDS: Final = 0.05
_PAUSE_SECONDS: Final = 0.5
_OTHER_PORTS: Final = 3
"""How often others are chosen where somebody takes one in between."""


@dataclass(frozen=True, slots=True)
class _Plane:
    azurite: AccountAzurite
    files: AccountFiles


class Accounts:
    """The data planes of the storage accounts of a location.

    Args:
        store: Where their ports are kept; their data lie in its location.
        program: Returns the Azurite to run; only called where one is needed.
    """

    def __init__(self, store: Store, program: Callable[[], Program]) -> None:
        self._store = store
        self._program = program
        self._planes: dict[str, _Plane] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._again: dict[str, asyncio.Task[None]] = {}

    def endpoints(self, name: str) -> dict[str, str]:
        """Return the address of each service of an account, by the service's name."""
        ports = self._ports(name)
        return {service: f"http://{_HOST}:{ports[service]}/{name}/" for service in SERVICES}

    async def ensure(self, name: str, keys: tuple[str, ...]) -> None:
        """Serve an account, unless it is served.

        Raises:
            FuncyardError: It cannot be; the reason is told.
        """
        async with self._lock(name):
            if name not in self._planes:
                await self._start(name, keys)

    async def rekey(self, name: str, keys: tuple[str, ...], *, former: tuple[str, ...]) -> None:
        """Serve an account under other keys, at the same addresses.

        Where it cannot be, it is tried from then on until it is served under its former ones.

        Raises:
            FuncyardError: It cannot be; the reason is told.
        """
        await self._give_up(name)
        async with self._lock(name):
            try:
                await self._stop(name)
                await self._start(name, keys)
            except BaseException:
                again = self._serve_again(name, former)
                self._again[name] = asyncio.create_task(again, name=f"storage {name}")
                raise

    async def remove(self, name: str) -> None:
        """Serve an account no more, and delete its data."""
        await self._give_up(name)
        async with self._lock(name):
            await self._stop(name)
            await remove_folder(self._folder(name))
            self._store.settle(_setting(name), None)

    async def stop(self) -> None:
        """Serve no account any more; their data stay."""
        await asyncio.gather(*(self._give_up(name) for name in list(self._again)))
        await asyncio.gather(*(self._stop(name) for name in list(self._planes)))

    async def _serve_again(self, name: str, keys: tuple[str, ...]) -> None:
        while True:
            try:
                await self.ensure(name, keys)
            except (FuncyardError, OSError) as fault:
                _LOGGER.error("%s; it is tried again", fault)  # noqa: TRY400 - it says what it must
            else:
                return
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _give_up(self, name: str) -> None:
        """Try no more to serve an account again."""
        again = self._again.pop(name, None)
        if again is not None:
            again.cancel()
            await asyncio.gather(again, return_exceptions=True)

    async def _start(self, name: str, keys: tuple[str, ...]) -> None:
        for _ in range(_OTHER_PORTS):
            try:
                return await self._start_at(await self._free_ports(name), name, keys)
            except (PortTakenError, PortError):  # since it was found free: then others
                continue
        return await self._start_at(await self._free_ports(name), name, keys)

    async def _start_at(self, ports: dict[str, int], name: str, keys: tuple[str, ...]) -> None:
        folder = self._folder(name)
        azurite = AccountAzurite(self._program(), name, folder / "azurite", ports)
        plane = _Plane(azurite, AccountFiles(name, folder / "files", ports["file"]))
        try:
            await plane.azurite.start(keys)
            await plane.files.start(keys)
        except BaseException:
            await plane.azurite.stop()
            await plane.files.stop()
            raise
        self._planes[name] = plane

    async def _stop(self, name: str) -> None:
        plane = self._planes.pop(name, None)
        if plane is not None:
            await asyncio.gather(plane.azurite.stop(), plane.files.stop())

    async def _free_ports(self, name: str) -> dict[str, int]:
        """Return an account's ports once they are free, or others where they do not get so.

        A process that was killed leaves an Azurite that needs a moment to end.
        """
        ports = self._ports(name)
        deadline = time.monotonic() + _FREED_SECONDS
        while taken := [port for port in ports.values() if is_busy(port)]:
            if time.monotonic() > deadline:
                others = dict(zip(SERVICES, _any_ports(len(SERVICES)), strict=True))
                kept = {one: port for one, port in ports.items() if port not in taken}
                self._store.settle(_setting(name), {**others, **kept})
                return self._ports(name)
            await asyncio.sleep(_STEP_SECONDS)
        return ports

    def _ports(self, name: str) -> dict[str, int]:
        kept: dict[str, int] | None = self._store.setting(_setting(name))
        if kept is None:
            kept = dict(zip(SERVICES, _any_ports(len(SERVICES)), strict=True))
            self._store.settle(_setting(name), kept)
        return kept

    def _folder(self, name: str) -> Path:
        return self._store.location / "storage" / name

    def _lock(self, name: str) -> asyncio.Lock:
        return self._locks.setdefault(name, asyncio.Lock())


def _setting(name: str) -> str:
    return f"ports of storage account {name}"


def _any_ports(count: int) -> list[int]:
    """Return ports that are free, each another one."""
    with contextlib.ExitStack() as held:
        bound = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in bound:
            one.bind((_HOST, 0))
        return [one.getsockname()[1] for one in bound]
