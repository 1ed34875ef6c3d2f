"""Replicas: an address, files, and containers, each a process of this machine."""

from __future__ import annotations

import asyncio
import logging
import shutil
from functools import partial
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps.runtime.addresses import Address, port_here
from funcyard.emulator.containerapps.runtime.container import Container
from funcyard.emulator.containerapps.runtime.happenings import Happenings
from funcyard.emulator.containerapps.runtime.interface import Listener, RuntimeFaultError
from funcyard.emulator.containerapps.runtime.logbook import FileLogBook
from funcyard.emulator.containerapps.runtime.probing import with_defaults
from funcyard.emulator.containerapps.runtime.pulling import Images
from funcyard.emulator.containerapps.runtime.siting import Site
from funcyard.emulator.containerapps.runtime.told import ContainerState, RunningState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.emulator.containerapps.runtime.usage import Usage
    from funcyard.emulator.containerapps.runtime.wanted import ContainerSpec, ReplicaSpec
    from funcyard.emulator.core.clock import Clock

_LOGGER = logging.getLogger(__name__)
_LAST_GRACE: Final = 2.0
"""Seconds that containers have when the local Azure ends."""

_MARGIN: Final = 2.0


class Replica:
    """A replica that runs between :meth:`start` and :meth:`stop`.

    Args:
        site: Where its containers run.
        address: Its own.
        logs: Folder of its log books.
        listener: Told what happens.
        gone: Told its name when it is no more.
    """

    def __init__(
        self,
        site: Site,
        address: Address,
        logs: Path,
        listener: Listener,
        gone: Callable[[str], None],
    ) -> None:
        self._site = site
        self._address = address
        self._listener = listener
        self._gone = gone
        self._is_stopping = False
        spec = site.replica
        names = [one.name for one in (*spec.init_containers, *spec.containers)]
        self._books = {name: FileLogBook(logs / f"{name}.log", site.clock.time) for name in names}
        self._inits = [self._container(one) for one in spec.init_containers]
        self._containers = [
            self._container(one, is_main=number == 0) for number, one in enumerate(spec.containers)
        ]
        self._task: asyncio.Task[None] | None = None

    @property
    def spec(self) -> ReplicaSpec:
        """What is wanted of it."""
        return self._site.replica

    @property
    def containers(self) -> tuple[ContainerState, ...]:
        """How its containers are, in the spec's order."""
        return tuple(one.state for one in self._containers)

    @property
    def init_containers(self) -> tuple[ContainerState, ...]:
        """How the ones before them are."""
        return tuple(one.state for one in self._inits)

    @property
    def is_ready(self) -> bool:
        """Whether all containers run and are ready."""
        return all(
            one.is_ready and one.running_state is RunningState.RUNNING for one in self.containers
        )

    def address(self, port: int) -> tuple[str, int]:
        """Return where this machine reaches a port of its containers."""
        return self._site.host, port_here(port)

    def logs(self, container: str) -> FileLogBook:
        """Return the log book of a container.

        Raises:
            KeyError: There is no such container.
        """
        return self._books[container]

    async def usage(self) -> tuple[Usage, ...]:
        """Return what each of its containers uses that runs."""
        every = (*self._inits, *self._containers)
        found = await asyncio.gather(*(one.usage() for one in every))
        return tuple(one for one in found if one is not None)

    def start(self) -> None:
        """Begin to run it."""
        self._task = asyncio.create_task(self._run(), name=f"replica {self.spec.name}")

    async def ended(self) -> None:
        """Wait until no container runs any more and none will be started again."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self, grace: float | None = None) -> None:
        """End it: asked first, killed after the grace, the spec's where none is given."""
        wanted = self.spec.grace if grace is None else grace
        every = [*self._containers, *self._inits]
        await self.end_within(every[0].grace_here(wanted))

    async def end_within(self, seconds: float) -> None:
        """End it within so many seconds of this machine."""
        self._is_stopping = True
        for one in (*self._containers, *self._inits):
            one.stop(seconds)
        if self._task is not None:
            _, left = await asyncio.wait((self._task,), timeout=seconds + _MARGIN)
            for task in left:  # it is at something else than a process of its own
                task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            for one in self._inits:
                if not await one.run(is_init=True) or self._is_stopping:
                    return
            async with asyncio.TaskGroup() as running:
                for one in self._containers:
                    running.create_task(one.run())
        except Exception:
            _LOGGER.exception("the replica %s is given up", self.spec.name)
        finally:
            for book in self._books.values():
                book.close()
            await asyncio.to_thread(shutil.rmtree, self._site.folder, ignore_errors=True)
            self._address.release()
            self._gone(self.spec.name)

    def _container(self, spec: ContainerSpec, *, is_main: bool = False) -> Container:
        replica = self._site.replica
        probes = spec.probes
        if is_main and replica.target_port is not None and replica.has_default_probes:
            probes = with_defaults(spec, replica.target_port)
        happenings = Happenings(
            replica.name, spec.name, self._site.clock.time, self._listener.happened
        )
        return Container(
            spec,
            self._site,
            probes,
            happenings,
            printed=partial(self._printed, spec.name),
            changed=lambda: self._listener.changed(self),
        )

    def _printed(self, container: str, stream: str, text: str) -> None:
        line = self._books[container].add(stream, text)
        self._listener.printed(self, container, line)


class ProcessRuntime:
    """Runs replicas as processes of this machine.

    Args:
        folder: Of images, log books and files of replicas; what replicas left there that a kill
            ended is deleted, but for their log books.
        clock: Of the local Azure.
        authority: File of the certificate by which registries are trusted.
    """

    def __init__(self, folder: Path, clock: Clock, authority: Path) -> None:
        self._folder = folder
        self._clock = clock
        self._authority = authority
        self._images = Images(folder / "images", authority)
        self._replicas: dict[str, Replica] = {}
        shutil.rmtree(folder / "running", ignore_errors=True)

    async def start(self, spec: ReplicaSpec, listener: Listener) -> Replica:
        """Begin to run a replica; what keeps it from running is told by its states and events.

        Raises:
            RuntimeFaultError: A replica of that name runs, there is no address left for one, or
                its log books cannot be kept.
        """
        if spec.name in self._replicas:
            raise RuntimeFaultError(f"a replica {spec.name} runs")
        address = Address()
        site = Site(
            spec,
            address.host,
            self._folder / "running" / spec.name,
            self._folder / "environments",
            self._images,
            self._clock,
            self._authority,
        )
        try:
            made = Replica(site, address, self._logs(spec.name), listener, self._gone)
        except OSError as fault:
            address.release()
            raise RuntimeFaultError(f"{self._folder}: cannot be used: {fault}") from fault
        self._replicas[spec.name] = made
        made.start()
        return made

    def find(self, name: str) -> Replica | None:
        """Return the replica of a name that runs; None where none does."""
        return self._replicas.get(name)

    async def forget(self, name: str) -> None:
        """Delete the log books of a replica that does not run."""
        if name not in self._replicas:
            await asyncio.to_thread(shutil.rmtree, self._logs(name), ignore_errors=True)

    async def stop(self) -> None:
        """End all replicas at once; their log books stay."""
        every = list(self._replicas.values())
        await asyncio.gather(*(one.end_within(_LAST_GRACE) for one in every))

    def _gone(self, name: str) -> None:
        self._replicas.pop(name, None)

    def _logs(self, name: str) -> Path:
        return self._folder / "logs" / name
