"""What is kept: resources and operations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from funcyard.emulator.core.target import Target, read

SUCCEEDED: Final = "Succeeded"
FAILED: Final = "Failed"
RUNNING: Final = "Running"
DELETING: Final = "Deleting"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource.

    Attributes:
        id: As it was first written.
        type: As its provider spells it.
        body: What it has beside id, name and type.
        state: How far its last change is.
        created: When it came to be, as Azure writes times.
        changed: When it last changed.
        secrets: What no answer shows but those that are asked for it.
    """

    id: str
    type: str
    body: Json
    state: str
    created: str
    changed: str
    secrets: Json = field(default_factory=dict, repr=False)

    @property
    def target(self) -> Target:
        """Return it as an address names it."""
        found, _ = read(self.id)
        assert found is not None  # noqa: S101 - it was kept under a target's id
        return replace(found, type=self.type)

    @property
    def key(self) -> str:
        """Its id, as ids are compared."""
        return self.id.lower()

    @property
    def name(self) -> str:
        """Its own name."""
        return self.id.rpartition("/")[2]

    @property
    def properties(self) -> Json:
        """What its type says of it."""
        found = self.body.get("properties")
        return found if isinstance(found, dict) else {}

    @property
    def is_busy(self) -> bool:
        """Whether a change of it goes on."""
        return self.state not in {SUCCEEDED, FAILED}


@dataclass(frozen=True, slots=True)
class Operation:
    """A change that goes on, or has ended.

    Attributes:
        id: Its own.
        target: Id of what is changed.
        verb: ``put``, ``patch`` or ``delete``.
        is_new: Whether it makes what was not there.
        due: The time of day before which it does not end.
        began: When, as Azure writes times.
        result_path: Where its result is asked for.
        status_path: Where it is asked how far it is.
        state: ``Running``, ``Succeeded`` or ``Failed``.
        ended: When, as Azure writes times; None while it goes on.
        error: Code and message, where it failed.
        result: What the resource was when it ended; None where nothing is told.
        status: What asking for the result answers once there is one.
        tells_only_status: Whether how far it is is told by its status alone.
        tells_times: Whether it is also told when it began and ended.
        restores: Whether ``before`` is what a failure leaves.
        before: The resource as it was; None where nothing was.
        going: What is told while it goes on, one after another in its time.
        since: The time of day at which it began.
        body: What is written at its end, where the resource is kept in a data plane.
    """

    id: str
    target: str
    verb: str
    is_new: bool
    due: float
    began: str
    result_path: str
    status_path: str
    state: str = RUNNING
    ended: str | None = None
    error: Json | None = None
    result: Json | None = None
    status: int = 200
    tells_only_status: bool = False
    tells_times: bool = True
    restores: bool = False
    before: Json | None = None
    going: tuple[str, ...] = (RUNNING,)
    since: float = 0
    body: Json | None = None
