"""Replicas run from an image of a local registry, and what is told of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from tests.integration.emulator.registries import LocalRegistry

from funcyard.emulator.containerapps.runtime.interface import Running
from funcyard.emulator.containerapps.runtime.told import LogLine, ReplicaEvent
from funcyard.emulator.containerapps.runtime.wanted import ContainerSpec, RegistryLogin
from funcyard.emulator.registries.client import RegistryClient
from funcyard.emulator.registries.packing import Packing
from funcyard.emulator.registries.pushing import push
from funcyard.emulator.registries.references import Reference

_PATIENCE = 30
_ENDING_SECONDS = 5


@dataclass
class Watching:
    """Takes note of all that happens."""

    events: list[ReplicaEvent] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    def happened(self, event: ReplicaEvent) -> None:
        self.events.append(event)
        self._came.set()

    def changed(self, running: Running) -> None:  # noqa: ARG002 - as every listener
        self._came.set()

    def printed(self, running: Running, container: str, line: LogLine) -> None:  # noqa: ARG002 - as every listener
        self.lines.append(line.text)
        self._came.set()

    def reasons(self) -> Counter[str]:
        return Counter(one.reason for one in self.events)

    def told(self, reason: str) -> list[str]:
        return [one.message for one in self.events if one.reason == reason]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds that only what happens makes hold."""
        async with asyncio.timeout(_PATIENCE):
            while not holds():
                self._came.clear()
                await self._came.wait()


@dataclass(frozen=True)
class Pushed:
    """An image in a registry, and as whom it is pulled."""

    registry: LocalRegistry
    reference: str
    digest: str

    @property
    def login(self) -> RegistryLogin:
        return RegistryLogin(
            server=self.registry.server,
            username=self.registry.user,
            password=self.registry.passwords[0],
        )

    def container(self, *command: str, name: str = "main", **more: object) -> ContainerSpec:
        given = {"command": command or None, **more}
        return ContainerSpec(name=name, image=self.reference, **given)  # type: ignore[arg-type]


async def pushed(registry: LocalRegistry, folder: Path, name: str, packing: Packing) -> Pushed:
    """Push a folder as an image, as the admin user."""
    client = RegistryClient(
        registry.server,
        Path(registry.azure.ca),
        username=registry.user,
        password=registry.passwords[0],
    )
    where = Reference(registry.server, name, "v1")
    async with client:
        digest = await push(client, folder, where, packing)
    return Pushed(registry, str(where), digest)


@contextmanager
def nothing_left() -> Iterator[None]:
    """Hold that no process is left that this one has started, and none that those have.

    What processes start that were there before, such as another module's local Azure, is theirs.
    """
    before = set(psutil.Process().children(recursive=True))
    yield
    there = set(psutil.Process().children(recursive=True)) - before
    left = [one for one in there if not before & _above(one)]
    _, alive = psutil.wait_procs(left, timeout=_ENDING_SECONDS)  # what was killed takes a moment
    assert not alive


def _above(process: psutil.Process) -> set[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return set(process.parents())
    return set()
