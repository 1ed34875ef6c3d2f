"""What a version holds, as the engine knows it: data, found once per version, shared by engines.

A worker finds it (:mod:`funcyard.workflows.worker.discovery`). A file that kills the process, or
takes all its time, is a fault of that file: it is skipped and the others are loaded without it.
A registry without faults is kept in Blob Storage, so that another engine need not look again.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.workflows.declarations import DataProvider, Workflow, as_dict
from funcyard.workflows.errors import WorkerStartError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from funcyard.workflows.executions.payloads import Payloads
    from funcyard.workflows.pool.pin import Pin
    from funcyard.workflows.pool.process import WorkerProcess

_KEPT: Final = 1000
_TRUSTED_SECONDS: Final = 30.0
"""How long faults are believed: what failed may have been the network's."""

_MOST_SKIPPED: Final = 10
_PACKAGES: Final = "packages"
_Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file of a version.

    Attributes:
        file: From the scope's root.
        line: From 1; 0 where it is no line's.
        kind: The exception's type, or DuplicateName, NoSuchProvider, TooSlow, NotLoaded,
            WorkerDied.
        message: In words.
        traceback: With names of the view; empty where there is none.
    """

    file: str
    line: int
    kind: str
    message: str
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """The workflows and providers of one version of one scope, by name, and its faults."""

    scope: str
    version: str
    workflows: dict[str, Workflow]
    providers: dict[str, DataProvider]
    faults: tuple[Fault, ...]

    @property
    def files(self) -> list[str]:
        """The files that a worker has to import."""
        places = [one.place for one in self.workflows.values()]
        places += [one.place for one in self.providers.values()]
        return sorted({place.file for place in places})

    @classmethod
    def from_dict(cls, scope: str, version: str, values: dict[str, Any]) -> Registry:
        """Make it of what a worker found.

        Raises:
            DeclarationError, TypeError, KeyError: It is not what a worker finds.
        """
        workflows = [Workflow.from_dict(one) for one in values["workflows"]]
        providers = [DataProvider.from_dict(one) for one in values["providers"]]
        return cls(
            scope=scope,
            version=version,
            workflows={one.name: one for one in workflows},
            providers={one.name: one for one in providers},
            faults=tuple(Fault(**one) for one in values["faults"]),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what :meth:`from_dict` takes."""
        return {
            "workflows": [as_dict(one) for one in self.workflows.values()],
            "providers": [as_dict(one) for one in self.providers.values()],
            "faults": [asdict(one) for one in self.faults],
        }


class Registries:
    """Registries by scope and version; faults of one are believed until its packages change.

    Args:
        payloads: Where they are kept.
        start: Starts a worker of a pin that imports everything but the files named.
        found: Told what was found, and given the worker that found it.
    """

    def __init__(
        self,
        payloads: Payloads,
        start: Callable[[Pin, Sequence[str]], Awaitable[WorkerProcess]],
        found: Callable[[Registry, WorkerProcess | None], Awaitable[None]],
    ) -> None:
        self._payloads = payloads
        self._start = start
        self._found = found
        self._known: OrderedDict[_Key, tuple[Registry, float]] = OrderedDict()
        self._looking: dict[_Key, asyncio.Task[Registry]] = {}

    async def get(self, pin: Pin) -> Registry:
        """Return the registry of a pin's version.

        Raises:
            WorkerStartError: No worker process can be started at all.
        """
        key = (pin.scope, *pin.code)
        if key in self._known:
            registry, until = self._known[key]
            if time.monotonic() < until:
                self._known.move_to_end(key)
                return registry
        if key not in self._looking:
            task = asyncio.create_task(self._look(pin))
            self._looking[key] = task
            task.add_done_callback(lambda _: self._looking.pop(key, None))
        return await asyncio.shield(self._looking[key])

    async def stored(self, scope: str, version: str) -> Registry | None:
        """Return the registry of a version where some engine has found it whole already."""
        found = await self._stored(scope, version)
        return None if found is None else found[0]

    def known(self, pin: Pin) -> Registry | None:
        """Return the registry of a pin's version where this engine has it already."""
        found = self._known.get((pin.scope, *pin.code))
        return found[0] if found else None

    async def _look(self, pin: Pin) -> Registry:
        worker: WorkerProcess | None = None
        found = await self._stored(pin.scope, pin.version)
        if found is not None and found[1] == pin.packages:
            registry = found[0]
        else:
            registry, worker = await self._discover(pin)
            if not registry.faults:
                text = json.dumps({**registry.as_dict(), _PACKAGES: pin.packages}).encode()
                await self._payloads.write(_place(pin.scope, pin.version), text)
        until = time.monotonic() + (_TRUSTED_SECONDS if registry.faults else float("inf"))
        self._known[pin.scope, *pin.code] = registry, until
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        await self._found(registry, worker)
        return registry

    async def _stored(self, scope: str, version: str) -> tuple[Registry, int] | None:
        """Return what is kept, and with which packages it was found."""
        text = await self._payloads.read(_place(scope, version))
        if text is None:
            return None
        kept = json.loads(text)
        return Registry.from_dict(scope, version, kept), kept.get(_PACKAGES, 0)

    async def _discover(self, pin: Pin) -> tuple[Registry, WorkerProcess | None]:
        skipped: list[Fault] = []
        while True:
            try:
                worker = await self._start(pin, [fault.file for fault in skipped])
            except WorkerStartError as fault:
                if not fault.file or len(skipped) == _MOST_SKIPPED:
                    raise
                skipped.append(Fault(fault.file, 0, "WorkerDied", fault.message, fault.hint or ""))
                continue
            found = worker.registry
            found["faults"] = [*found["faults"], *map(asdict, skipped)]
            return Registry.from_dict(pin.scope, pin.version, found), worker


def _place(scope: str, version: str) -> str:
    return f"registries/{scope}/{version}.json"
