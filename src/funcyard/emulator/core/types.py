"""How a type of resource is described.

A description is data and small functions; everything that all types have in common reads it. What
is not described here is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.manner import Manner
from funcyard.emulator.core.records import RUNNING
from funcyard.emulator.core.target import GROUP_TYPE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from funcyard.emulator.core.backing import Backing, Deferred
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.draft import Draft
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json, Kept, Operation
    from funcyard.emulator.core.target import Target
    from funcyard.emulator.http import Answer
    from funcyard.emulator.monitor.models import Metered

    Hook = Callable[[Core, Kept], Awaitable[None]]
    Action = Callable[[Call, Kept], Awaitable[Answer]]
    Listed = Callable[[Call, str], list[Json]]

_MADE: Final = Manner(201)
_CHANGED: Final = Manner(200)
_DELETED: Final = Manner(200, has_body=False)


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
        metered: Where its metrics are; None where it has none here.
        note: What it does here beyond being kept, for the page of what is covered.
    """

    name: str
    versions: tuple[str, ...]
    put_new: Manner = _MADE
    put_again: Manner = _CHANGED
    patch: Manner | None = _CHANGED
    delete: Manner = _DELETED
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
    absent: Callable[[Target], ArmError] | None = None
    lists_by_prefix: bool = False
    listed: Listed | None = None
    actions: Mapping[str, Action] = field(default_factory=dict)
    backing: Backing | Deferred | None = None
    metered: Metered | None = None
    note: str = ""

    @property
    def is_group(self) -> bool:
        """Whether it is the type of resource groups."""
        return self.name == GROUP_TYPE

    @property
    def is_read_only(self) -> bool:
        """Whether none can be made, changed or deleted."""
        return isinstance(self.backing, ReadOnly)


bare_type = partial(
    ResourceType, has_schema=False, is_located=False, is_tagged=False, has_state=False
)
"""Describes what has neither a schema, nor a place, tags and a state: mostly views of something."""
