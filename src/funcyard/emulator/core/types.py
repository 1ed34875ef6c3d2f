"""How a type of resource is described, and where the descriptions are found.

A description is data and small functions; everything that all types have in common reads it. What
is not described here is refused.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from funcyard.emulator.core import errors
from funcyard.emulator.core.records import RUNNING
from funcyard.emulator.core.target import GROUP_TYPE, Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept, Operation
    from funcyard.emulator.http import Answer

    Hook = Callable[[Core, Kept], Awaitable[None]]
    Action = Callable[[Call, Kept], Awaitable[Answer]]
    Listed = Callable[[Call, str], list[Json]]
    ProviderAction = Callable[[Call], Awaitable[Answer]]


class Tracking(Enum):
    """How a client follows a change that takes its time."""

    NONE = "at once"
    LOCATION = "Location"
    STATUS = "Azure-AsyncOperation"
    BOTH = "Azure-AsyncOperation and Location"
    ITSELF = "Location, of the resource itself"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a type answers a change.

    Attributes:
        status: Of the answer.
        tracking: How the rest is followed.
        seconds: How long the rest takes in Azure.
        has_body: Whether the answer holds the resource.
        says_null: Whether it says ``null`` where it holds nothing.
        says_status: Whether it says how far the change is, and nothing of the resource.
        ended: Status of the result, once there is one.
    """

    status: int
    tracking: Tracking = Tracking.NONE
    seconds: float = 0
    has_body: bool = True
    says_null: bool = False
    says_status: bool = False
    ended: int = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A resource about to be written.

    Attributes:
        core: Where.
        target: Which.
        given: The body as it came; of a patch, already merged.
        before: What is there; None where nothing is.
        now: The time of day, as Azure writes it.
        caller: Object id of who writes it.
    """

    core: Core
    target: Target
    given: Json
    before: Kept | None
    now: str
    caller: str


class Backing(Protocol):
    """Where resources are kept whose truth lies in a data plane."""

    async def put(self, call: Call, target: Target, body: Json, *, is_new: bool) -> None:
        """Write one."""
        ...

    async def get(self, core: Core, target: Target) -> Json | None:
        """Return one whole; None where it is not there."""
        ...

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return all of a parent, whole."""
        ...

    async def delete(self, call: Call, target: Target) -> None:
        """Delete one that is there."""
        ...


class Deferred(ABC):
    """Where resources are kept whose truth lies in a data plane, and whose changes take time."""

    @abstractmethod
    def check(self, core: Core, target: Target, body: Json) -> None:
        """Refuse what cannot be written, before a change of it is accepted."""

    @abstractmethod
    async def put(self, core: Core, target: Target, body: Json) -> None:
        """Write one; what was done is not done twice."""

    @abstractmethod
    async def get(self, core: Core, target: Target) -> Json | None:
        """Return one whole; None where it is not there."""

    @abstractmethod
    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return all of a parent, whole."""

    async def delete(self, core: Core, target: Target) -> None:  # noqa: B027 - some are not deleted
        """Delete one, which may be gone."""

    def check_deletion(self, core: Core, target: Target) -> None:  # noqa: B027 - most may be
        """Refuse to delete what stays."""


class ReadOnly:
    """Base of what is kept elsewhere and cannot be changed."""

    async def put(self, call: Call, target: Target, body: Json, *, is_new: bool) -> None:  # noqa: ARG002 - as every backing
        """Refuse it."""
        raise errors.not_allowed(call.request.method)

    async def delete(self, call: Call, target: Target) -> None:  # noqa: ARG002 - as every backing
        """Refuse it."""
        raise errors.not_allowed(call.request.method)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """A type of resource.

    Attributes:
        name: Namespace and type.
        versions: API versions that it takes, the newest first.
        put_new: How a first PUT is answered.
        put_again: How another is.
        patch: How PATCH is; None where it has none.
        delete: How DELETE is.
        delete_absent: Status of DELETE where nothing is.
        has_schema: Whether an official schema says what it takes; else ``check`` does.
        passed_over: Paths of properties that answers hold and that may be sent back.
        is_located: Whether it needs a location.
        regions: Where it may be beside the regions of all types.
        is_tagged: Whether it has tags.
        has_state: Whether its properties tell how far its last change is.
        states: Its own words for how far that is, where they are not the usual ones.
        tells_location: Whether the answer to a first PUT names its id as Location.
        is_extension: Whether it hangs on any scope.
        result_path: Where results are asked for, with SUBSCRIPTION, LOCATION, TARGET and ID in it.
        gone_path: The same for deletions, where it is another.
        status_path: Where it is asked how far an operation is.
        retry_after: Of Azure's seconds between two questions.
        spelled: Returns a body of PUT or PATCH with its members as a schema spells them.
        check: Refuses a target and a body beyond what a schema says.
        complete: Returns what is kept of a draft: defaults filled in.
        secrets: Returns what is kept of it and never shown, made on the first PUT.
        show: Returns what answers show of it beside id, name and type.
        spell: Returns its id as its provider spells it.
        begun: Returns what the answer to a change that goes on holds, of what is shown later.
        read_action: Returns the action that reading one is, where that tells secrets; else None.
        etag: Returns the mark of how it is now, which If-Match is held against.
        going: What is told of an operation that goes on, one after another in its time.
        tells_only_status: Whether how far an operation is is told by its status alone.
        tells_times: Whether it is also told when an operation began and ended.
        manner: Returns how a change is answered, where that depends on what is asked.
        place: Returns the region whose operations its own are; nothing where they are nowhere's.
        patched: Returns the body of a PATCH in the shape of the whole.
        restores: Whether a change that fails leaves what was there before.
        changed: Runs when it was made or changed, before that is told to be done.
        check_deletion: Refuses to delete what stays, while its group does.
        deleted: Runs when it is deleted.
        started: Runs for each that is there when the emulator starts.
        tell: Answers how far an operation of one is, where its provider does so in its own way.
        absent: Returns the provider's own error for one that is not there.
        lists_by_prefix: Whether the ``$filter`` of a list is what names begin with.
        listed: Returns what a list of a scope holds, where that is not what is kept below it.
        actions: What POST does with it, by the word behind its id in lower case.
        backing: Where it is kept, if its truth lies in a data plane.
        note: What it does here beyond being kept, for the page of what is covered.
    """

    name: str
    versions: tuple[str, ...]
    put_new: Manner = Manner(201)
    put_again: Manner = Manner(200)
    patch: Manner | None = Manner(200)
    delete: Manner = Manner(200, has_body=False)
    delete_absent: int = 204
    has_schema: bool = True
    passed_over: frozenset[str] = frozenset()
    is_located: bool = True
    regions: frozenset[str] = frozenset()
    is_tagged: bool = True
    has_state: bool = True
    states: Mapping[str, str] = field(default_factory=dict)
    tells_location: bool = False
    is_extension: bool = False
    result_path: str = "/subscriptions/SUBSCRIPTION/operationresults/ID"
    gone_path: str = ""
    status_path: str = "/subscriptions/SUBSCRIPTION/operationstatuses/ID"
    retry_after: float = 15
    spelled: Callable[[Json], Json] | None = None
    check: Callable[[Core, Target, Json], None] | None = None
    complete: Callable[[Draft], Json] | None = None
    secrets: Callable[[Draft], Json] | None = None
    show: Callable[[Core, Kept], Json] | None = None
    spell: Callable[[str], str] | None = None
    begun: Callable[[Json], Json] | None = None
    read_action: Callable[[Target], str | None] | None = None
    etag: Callable[[Kept], str] | None = None
    going: tuple[str, ...] = (RUNNING,)
    tells_only_status: bool = False
    tells_times: bool = True
    manner: Callable[[Draft, Manner], Manner] | None = None
    place: Callable[[Core, Kept], str] | None = None
    patched: Callable[[Json], Json] | None = None
    restores: bool = False
    changed: Hook | None = None
    check_deletion: Callable[[Core, Kept], None] | None = None
    deleted: Hook | None = None
    started: Hook | None = None
    tell: Callable[[Call, Operation], Answer] | None = None
    absent: Callable[[Target], errors.ArmError] | None = None
    lists_by_prefix: bool = False
    listed: Listed | None = None
    actions: Mapping[str, Action] = field(default_factory=dict)
    backing: Backing | Deferred | None = None
    note: str = ""

    @property
    def is_group(self) -> bool:
        """Whether it is the type of resource groups."""
        return self.name == GROUP_TYPE

    @property
    def is_read_only(self) -> bool:
        """Whether none can be made, changed or deleted."""
        return isinstance(self.backing, ReadOnly)


class Registry:
    """The types that are described."""

    def __init__(self) -> None:
        self._types: dict[str, ResourceType] = {}
        self._actions: dict[tuple[str, str], tuple[ProviderAction, tuple[str, ...]]] = {}
        self._heads: dict[str, tuple[str, ProviderAction]] = {}
        self._posts: dict[str, tuple[ProviderAction, tuple[str, ...]]] = {}

    def __iter__(self) -> Iterator[ResourceType]:
        return iter(sorted(self._types.values(), key=lambda one: one.name))

    def add(self, *types: ResourceType) -> None:
        """Describe types."""
        for one in types:
            self._types[one.name.lower()] = one

    def add_action(
        self, namespace: str, word: str, action: ProviderAction, versions: tuple[str, ...]
    ) -> None:
        """Describe what POST on a subscription's provider does."""
        self._actions[namespace.lower(), word.lower()] = (action, versions)

    def add_head(self, kind: str, handler: ProviderAction) -> None:
        """Describe what HEAD tells of names in all of Azure, by the word before them."""
        self._heads[kind.lower()] = (kind, handler)

    def add_post(self, kind: str, handler: ProviderAction, versions: tuple[str, ...]) -> None:
        """Describe what POST does with a name behind a word that is no type of resources."""
        self._posts[kind.lower()] = (handler, versions)

    def post(self, kind: str) -> tuple[ProviderAction, tuple[str, ...]] | None:
        """Return what POST does with a name behind such a word, and its API versions."""
        return self._posts.get(kind.lower())

    def head(self, kind: str) -> ProviderAction | None:
        """Return what HEAD tells of names in all of Azure; None where it tells nothing."""
        return self._heads.get(kind.lower(), (kind, None))[1]

    @property
    def heads(self) -> list[str]:
        """The words before names of which HEAD tells, with their providers' names."""
        return sorted(kind for kind, _ in self._heads.values())

    @property
    def namespaces(self) -> list[str]:
        """The providers' names."""
        return sorted({one.name.partition("/")[0] for one in self._types.values()})

    @property
    def actions(self) -> list[tuple[str, str]]:
        """The actions of providers, namespace and word."""
        return sorted(self._actions)

    def action(self, namespace: str, word: str) -> tuple[ProviderAction, tuple[str, ...]] | None:
        """Return what POST on a subscription's provider does, and its API versions."""
        return self._actions.get((namespace.lower(), word.lower()))

    def known(self, name: str) -> ResourceType | None:
        """Return the description of a type, whatever the case of its name; None without one."""
        return self._types.get(name.lower())

    def find(self, name: str) -> ResourceType:
        """Return the description of a type, whatever the case of its name.

        Raises:
            ArmError: There is none.
        """
        found = self.known(name)
        if found is not None:
            return found
        namespace, _, kind = name.partition("/")
        if namespace.lower() not in (one.lower() for one in self.namespaces):
            raise errors.unknown_namespace(namespace)
        raise errors.unknown_type(namespace, kind)


REGIONS: Final = {
    "eastus": "East US",
    "eastus2": "East US 2",
    "westus": "West US",
    "westus2": "West US 2",
    "westus3": "West US 3",
    "centralus": "Central US",
    "westcentralus": "West Central US",
    "northeurope": "North Europe",
    "westeurope": "West Europe",
    "uksouth": "UK South",
    "ukwest": "UK West",
    "francecentral": "France Central",
    "germanywestcentral": "Germany West Central",
    "swedencentral": "Sweden Central",
    "switzerlandnorth": "Switzerland North",
    "norwayeast": "Norway East",
    "southeastasia": "Southeast Asia",
    "eastasia": "East Asia",
    "japaneast": "Japan East",
    "australiaeast": "Australia East",
    "canadacentral": "Canada Central",
    "brazilsouth": "Brazil South",
    "centralindia": "Central India",
    "centraluseuap": "Central US EUAP",
    "eastus2euap": "East US 2 EUAP",
}
"""The regions that are known here: name and what people read."""


def region(text: str) -> str:
    """Return the name of a region that was written either way."""
    return text.replace(" ", "").lower()
