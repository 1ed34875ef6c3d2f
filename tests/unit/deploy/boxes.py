"""A cloud of boxes in memory, in the time of whichever loop it is used in, and resources in it.

It does to callers what clouds do: answers late, throttles, fails before or after the work was done,
shows things some time after they were made, and ends when a fuse has burnt down.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace
from typing import ClassVar, Self

from azure.core.exceptions import HttpResponseError, ServiceResponseError

from funcyard.azure.progress import Progress
from funcyard.deploy.diff import Difference, Path
from funcyard.deploy.refs import Json, Value
from funcyard.deploy.resource import Observed, Operation, Resource, Wanted


class Killed(BaseException):
    """The process is gone: nothing catches this."""


@dataclass
class Fuse:
    """Ends everything after so many sparks.

    Attributes:
        left: How many more; None never ends.
    """

    left: int | None = None

    def spark(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            raise Killed


class Trouble(Enum):
    """What can happen to a call."""

    BUSY = "503, nothing done"
    THROTTLED = "429, nothing done, come back in three seconds"
    DONE_500 = "500, done"
    LOST = "no answer, done"


@dataclass
class Item:
    """A box in the cloud."""

    properties: dict[str, Json]
    tags: dict[str, str] | None
    generation: int
    visible_at: float = 0.0
    ready_at: float = 0.0
    fault: str | None = None


@dataclass
class BoxCloud:
    """The cloud.

    Attributes:
        items: What is there.
        calls: Every call that came in: what and whose.
        conflicts: How often something was made that was there.
        trouble: Draws what happens to a call.
        latency: Seconds that each call takes.
        making: Seconds until what was made is ready, by identity; ``*`` for every other.
        retry_after: After how many seconds it wants to be asked how far an operation is.
        hiding: Seconds until what was made is shown.
        made: How often something was made, by identity.
    """

    items: dict[str, Item] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    conflicts: int = 0
    trouble: Callable[[], Trouble | None] = lambda: None
    fuse: Fuse = field(default_factory=Fuse)
    latency: float = 0.0
    making: dict[str, float] = field(default_factory=dict)
    retry_after: float = 7.0
    hiding: float = 0.0
    made: Counter[str] = field(default_factory=Counter)

    def shown(self) -> dict[str, dict[str, Json]]:
        """Return what is there, as a person would see it."""
        return {identity: item.properties for identity, item in self.items.items()}

    def counted(self, *what: str) -> int:
        return sum(call in what for call, _ in self.calls)

    @property
    def writes(self) -> int:
        return self.counted("create", "update", "destroy")

    async def enter(self, call: str, identity: str, work: Callable[[], None]) -> None:
        """Let a call in: it takes its time, and may fail before or after its work."""
        self.fuse.spark()
        self.calls.append((call, identity))
        if self.latency:
            await asyncio.sleep(self.latency)
        trouble = self.trouble()
        if trouble is Trouble.BUSY:
            raise failed(503)
        if trouble is Trouble.THROTTLED:
            raise failed(429, {"Retry-After": "3"})
        work()
        self.fuse.spark()
        if trouble is Trouble.DONE_500:
            raise failed(500)
        if trouble is Trouble.LOST:
            raise ServiceResponseError("the connection was closed")


def failed(
    status: int, headers: Mapping[str, str] | None = None, code: str = ""
) -> HttpResponseError:
    """Return what Azure's clients raise on a status."""
    fault = HttpResponseError(f"status {status}")
    fault.status_code = status
    fault.response = SimpleNamespace(headers=dict(headers or {}), status_code=status)
    if code:
        fault.error_code = code  # type: ignore[attr-defined]
    return fault


def drawn(seed: int, share: float) -> Callable[[], Trouble | None]:
    """Return a draw of trouble for a share of calls."""
    source = random.Random(seed)  # noqa: S311  no secret

    def draw() -> Trouble | None:
        return source.choice(list(Trouble)) if source.random() < share else None

    return draw


@dataclass(frozen=True)
class Box(Resource[BoxCloud]):
    """A box with tags; a change of its size needs a new one; its regions have two spellings."""

    kind: ClassVar[str] = "box"
    timeout: ClassVar[float] = 300.0
    output_names: ClassVar[frozenset[str]] = frozenset({"name", "generation"})
    secret_names: ClassVar[frozenset[str]] = frozenset({"key"})
    has_tags: ClassVar[bool] = True

    async def read(self, cloud: BoxCloud) -> Observed | None:
        found: list[Observed | None] = []
        await cloud.enter("read", self.identity, lambda: found.append(self.seen(cloud)))
        return found[0]

    def seen(self, cloud: BoxCloud) -> Observed | None:
        """Return it as the cloud shows it now."""
        item = cloud.items.get(self.identity)
        if item is None or item.visible_at > _now():
            return None
        state = "Ready" if item.ready_at <= _now() else "Busy"
        facts: dict[str, Json] = {
            "state": state,
            "generation": item.generation,
            "fault": item.fault,
        }
        return Observed({**item.properties, **facts}, item.tags)

    async def create(self, cloud: BoxCloud, wanted: Wanted) -> Operation | None:
        def make() -> None:
            if self.identity in cloud.items:
                cloud.conflicts += 1
                raise failed(409, code="BoxAlreadyExists")
            cloud.made[self.identity] += 1
            item = Item(dict(wanted.properties), None, cloud.made[self.identity])
            item.tags = dict(wanted.tags) if self.has_tags else None
            making = cloud.making.get(self.identity, cloud.making.get("*", 0.0))
            item.visible_at, item.ready_at = _now() + cloud.hiding, _now() + making
            cloud.items[self.identity] = item

        await cloud.enter("create", self.identity, make)
        return None

    async def update(
        self,
        cloud: BoxCloud,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002
        differences: tuple[Difference, ...],  # noqa: ARG002
    ) -> Operation | None:
        def change() -> None:
            item = cloud.items.get(self.identity)
            if item is None:
                raise failed(404)
            item.properties = dict(wanted.properties)
            item.tags = dict(wanted.tags) if self.has_tags else None
            item.fault = None

        await cloud.enter("update", self.identity, change)
        return None

    async def destroy(self, cloud: BoxCloud) -> Operation | None:
        def take() -> None:
            if cloud.items.pop(self.identity, None) is None:
                raise failed(404)

        await cloud.enter("destroy", self.identity, take)
        return None

    def is_ready(self, observed: Observed) -> bool:
        return observed.properties["state"] == "Ready"

    def fault(self, observed: Observed) -> str | None:
        fault = observed.properties["fault"]
        return None if fault is None else str(fault)

    def outputs(self, observed: Observed) -> Mapping[str, Json]:
        return {"name": self.identity, "generation": observed.properties["generation"]}

    async def secrets(self, cloud: BoxCloud, names: frozenset[str]) -> Mapping[str, str]:
        told: dict[str, str] = {}

        def tell() -> None:
            key = f"key-{cloud.items[self.identity].generation}"
            told.update(dict.fromkeys(names, key))

        await cloud.enter("secrets", self.identity, tell)
        return told

    def replace_when(self, differences: tuple[Difference, ...]) -> bool:
        return any(difference.path == ("size",) for difference in differences)

    def alike(self, path: Path, wanted: Json, found: Json) -> bool:
        return path == ("region",) and _spelled(wanted) == _spelled(found)


@dataclass(frozen=True)
class Crate(Box):
    """A box of a type without tags."""

    kind: ClassVar[str] = "crate"
    has_tags: ClassVar[bool] = False


@dataclass(frozen=True)
class Stored(Crate):
    """A crate on a shelf, whose list shows all crates but those that are bent."""

    kind: ClassVar[str] = "stored"

    @property
    def read_with(self) -> str:
        return self.identity.rpartition("/")[0]

    @classmethod
    async def read_together(
        cls, cloud: BoxCloud, resources: Sequence[Self]
    ) -> Mapping[str, Observed | None]:
        found: dict[str, Observed | None] = {}

        def look() -> None:
            for one in resources:
                seen = one.seen(cloud)
                if seen is not None and seen.properties.get("shape") != "bent":
                    found[one.identity] = seen

        await cloud.enter("list", resources[0].read_with, look)
        return found


@dataclass(frozen=True)
class Mute(Box):
    """A box that never shows its key, as clouds keep secrets back."""

    kind: ClassVar[str] = "mute"

    async def read(self, cloud: BoxCloud) -> Observed | None:
        observed = await super().read(cloud)
        if observed is None:
            return None
        shown = {name: value for name, value in observed.properties.items() if name != "key"}
        return Observed(shown, observed.tags)


@dataclass(frozen=True)
class Slow(Box):
    """A box whose making goes on as an operation, which is asked after: it is not shown."""

    kind: ClassVar[str] = "slow"
    ends_by_operation: ClassVar[bool] = True

    async def create(self, cloud: BoxCloud, wanted: Wanted) -> Operation | None:
        await super().create(cloud, wanted)
        return Making(cloud, self.identity, _now() + 20, cloud.retry_after)


@dataclass
class Making:
    """An operation that ends at a time; it says when to ask again."""

    cloud: BoxCloud
    identity: str
    ends_at: float
    retry_after: float

    async def poll(self) -> Progress:
        await self.cloud.enter("poll", self.identity, lambda: None)
        return Progress(_now() >= self.ends_at, retry_after=self.retry_after)


def box(name: str, /, *depends_on: str, kind: type[Box] = Box, **properties: Value) -> Box:
    """Return a box whose address is its name and whose identity is ``/boxes/NAME``."""
    return kind(name, f"/boxes/{name}", properties, depends_on)


def _spelled(region: Json) -> str:
    return str(region).replace(" ", "").lower()


def _now() -> float:
    return asyncio.get_running_loop().time()
