"""What is deployed: a resource, a small class per type of a cloud.

A subclass says how its type is read, created, updated and destroyed, each by one call to the cloud
that may be made again; the engine decides when, waits, tries again and keeps the record.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, Self, TypeVar

from funcyard.errors import REFUSED, FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.azure.progress import Progress
    from funcyard.deploy.diff import Difference, Path
    from funcyard.deploy.refs import Json, Properties

CloudT = TypeVar("CloudT")
"""What the resources of a deployment are reached by, such as the clients of a subscription."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A resource as the cloud tells it.

    Attributes:
        properties: In the shape in which they are declared; what the cloud does not show is left
            out. They may hold secrets and are kept in memory only.
        tags: Its tags; None for a type that has none.
    """

    properties: Mapping[str, Json]
    tags: Mapping[str, str] | None = None


class HiddenYetError(FuncyardError):
    """A resource cannot be seen before something that it depends on is in place, such as a role.

    A deployment takes it for absent until then; a check says that it cannot be told. Nothing that
    is hidden is taken for gone, unless what it lies in goes.
    """

    code = "hidden-yet"
    exit_code = REFUSED


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource as it shall be, everything known.

    Attributes:
        properties: Secrets among them.
        tags: Those that say whose it is; a type without tags leaves them.
    """

    properties: Mapping[str, Json]
    tags: Mapping[str, str]


class Operation(Protocol):
    """Work that a cloud goes on with after it answered."""

    async def poll(self) -> Progress:
        """Ask how far it is, once.

        Raises:
            FuncyardError: The operation failed; or an error of Azure's clients.
        """


@dataclass(frozen=True)
class Resource(ABC, Generic[CloudT]):
    """A resource that is wanted.

    Calls raise what Azure's clients raise, or a :class:`~funcyard.errors.FuncyardError`; ``read``
    also :class:`HiddenYetError`.

    Attributes:
        address: Its name in the graph, such as ``l1.iothub``; it stays from run to run.
        identity: What the cloud knows it by, such as its ARM id: known before it is made, spelled
            one way, no two resources' of a stack.
        properties: As they shall be.
        depends_on: Addresses of what must be there before, besides what properties refer to.
        kind: Name of the type in records.
        timeout: Seconds within which a change must be made and the resource ready.
        output_names: What others may refer to.
        secret_names: Which secrets of it others may refer to.
        identity_is_ours: Whether only this stack can have made what bears the identity, such as a
            role assignment whose name is a hash of the stack's; for types without tags.
        goes_along: Whether it is never taken away by itself: it goes with what it lies in, and is
            only forgotten.
        ends_by_operation: Whether reading does not tell that a write came to its end, only what the
            write returned does: one whose end nobody saw is made again, without differences where
            what is there is as it shall be.
    """

    address: str
    identity: str
    properties: Properties
    depends_on: tuple[str, ...] = ()

    kind: ClassVar[str]
    timeout: ClassVar[float] = 600.0
    output_names: ClassVar[frozenset[str]] = frozenset()
    secret_names: ClassVar[frozenset[str]] = frozenset()
    identity_is_ours: ClassVar[bool] = False
    goes_along: ClassVar[bool] = False
    ends_by_operation: ClassVar[bool] = False

    @classmethod
    def from_record(
        cls, address: str, identity: str, inputs: Mapping[str, Json], depends_on: tuple[str, ...]
    ) -> Self:
        """Return a resource as it was recorded, to be read and destroyed; secrets stay sealed."""
        return cls(address, identity, inputs, depends_on)

    @abstractmethod
    async def read(self, cloud: CloudT) -> Observed | None:
        """Return the resource as it is, None where it or what it lies in is not there."""

    @property
    def read_with(self) -> str | None:
        """What those of its type share that one call reads, None where it is read alone."""
        return None

    @classmethod
    async def read_together(
        cls,
        cloud: CloudT,  # noqa: ARG003  for subclasses
        resources: Sequence[Self],  # noqa: ARG003
    ) -> Mapping[str, Observed | None]:
        """Return by identity what one call tells of resources that share ``read_with``.

        What it does not tell is read alone, as are all of them where the call fails.
        """
        return {}

    @abstractmethod
    async def create(self, cloud: CloudT, wanted: Wanted) -> Operation | None:
        """Make it; return what goes on afterwards."""

    @abstractmethod
    async def update(
        self,
        cloud: CloudT,
        wanted: Wanted,
        observed: Observed,
        differences: tuple[Difference, ...],
    ) -> Operation | None:
        """Bring it to what is wanted; return what goes on afterwards."""

    @abstractmethod
    async def destroy(self, cloud: CloudT) -> Operation | None:
        """Take it away; return what goes on afterwards."""

    def is_ready(self, observed: Observed) -> bool:  # noqa: ARG002  for subclasses
        """Whether others may use it, and its outputs are known."""
        return True

    def fault(self, observed: Observed) -> str | None:  # noqa: ARG002  for subclasses
        """Return what the cloud says went wrong with making it, None where nothing did."""
        return None

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002  for subclasses
        """Return the outputs of a resource that is ready, all of ``output_names``; no secrets."""
        return {}

    async def secrets(self, cloud: CloudT, names: frozenset[str]) -> Mapping[str, str]:
        """Return the secrets of these names, by an extra call to the cloud."""
        raise NotImplementedError

    def replace_when(self, differences: tuple[Difference, ...]) -> bool:  # noqa: ARG002
        """Whether these can only be mended by destroying it and making it anew."""
        return False

    def alike(self, path: Path, wanted: Json, found: Json) -> bool:  # noqa: ARG002
        """Whether the cloud means the same by two values that differ."""
        return False
