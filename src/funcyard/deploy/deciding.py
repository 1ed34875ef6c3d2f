"""What is to be done about one resource: a judgement on what was read, what is wanted and recorded.

The plan asks before anything is written, when outputs of what is yet to be made are unknown; apply
asks again once they are known. Nothing here calls a cloud.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic

from funcyard.deploy.diff import Baseline, Difference, differences
from funcyard.deploy.ownership import foreign, owner_of, tag_differences, tags_of
from funcyard.deploy.records import Deed, Record
from funcyard.deploy.resource import CloudT, Observed, Resource
from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.sealing import Seal
    from funcyard.deploy.settling import Settled


UNENDED: Final = "its last change was not seen to end"


class CannotAdoptError(UserError):
    """A resource of another's could only become ours by being destroyed first."""

    code = "cannot-adopt"


class Action(StrEnum):
    """What is done about a resource."""

    NONE = "none"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    ADOPT = "adopt"
    DELETE = "delete"
    FORGET = "forget"
    """Take it out of the record only: it is not there any more, or not ours any more."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done and why.

    Attributes:
        action: What.
        differences: What is not as it is wanted.
        reason: In words, empty where the action says enough.
    """

    action: Action
    differences: tuple[Difference, ...] = ()
    reason: str = ""

    @property
    def writes(self) -> bool:
        """Whether the cloud is changed."""
        if self.action is Action.ADOPT:
            return bool(self.differences)
        return self.action not in {Action.NONE, Action.FORGET}


@dataclass(frozen=True, slots=True)
class Case(Generic[CloudT]):
    """A resource, and what is known about it.

    Attributes:
        resource: As it is declared.
        observed: As it was read, None where it is not there.
        record: What is recorded of it.
        stack: The stack that it belongs to.
        may_adopt: Whether a person said that it may be taken over from another owner.
    """

    resource: Resource[CloudT]
    observed: Observed | None
    record: Record | None
    stack: str
    may_adopt: bool = False


def decide(case: Case[CloudT], wanted: Mapping[str, Settled], seal: Seal) -> Decision:
    """Return what is to be done about a resource.

    Raises:
        ForeignResourceError: It belongs to another.
        CannotAdoptError: It may be taken over, and could only be replaced.
    """
    resource, observed, record = case.resource, case.observed, case.record
    if observed is None:
        gone = record is not None and record.made
        return Decision(Action.CREATE, reason="it is gone" if gone else "")
    owner = owner_of(resource, observed, record, case.stack)
    if not owner.is_us and not case.may_adopt:
        raise foreign(resource, owner)
    if record is not None and record.pending and record.pending.deed is Deed.DELETE:
        return Decision(Action.REPLACE, reason="its deletion did not come to an end")
    found = found_differences(case, wanted, seal)
    again = _why_again(case, observed)
    if again and not resource.replace_when(found):
        return Decision(Action.UPDATE, found, again)
    if not owner.is_us or record is None:
        if resource.replace_when(found):
            raise CannotAdoptError(
                f"{resource.address}: {resource.identity} is there, and cannot be brought to what"
                f" is wanted: {'; '.join(map(str, found))}",
                hint="declare it as it is, or choose another name",
            )
        return Decision(Action.ADOPT, found, f"it belongs to {owner}" if not owner.is_us else "")
    if resource.replace_when(found):
        return Decision(Action.REPLACE, found)
    return Decision(Action.UPDATE if found else Action.NONE, found)


def is_unended(case: Case[CloudT]) -> bool:
    """Whether what is there may be as it shall be and yet not be of use: a write did not end."""
    pending = case.record is not None and case.record.pending is not None
    return pending and case.resource.ends_by_operation


def _why_again(case: Case[CloudT], observed: Observed) -> str:
    """Return why a resource is written even if nothing differs, empty where it is not."""
    fault = case.resource.fault(observed)
    if fault:
        return f"it failed: {fault}"
    return UNENDED if is_unended(case) else ""


def found_differences(
    case: Case[CloudT], wanted: Mapping[str, Settled], seal: Seal
) -> tuple[Difference, ...]:
    """Return what of a resource that is there is not as it is wanted."""
    if case.observed is None:
        return ()
    return (
        *differences(
            wanted, case.observed.properties, baseline_of(case.record, seal), case.resource.alike
        ),
        *tag_differences(case.observed, tags_of(case.stack, case.resource.address)),
    )


def baseline_of(record: Record | None, seal: Seal) -> Baseline:
    """Return what the record of a resource says of its properties."""
    if record is None:
        return Baseline({}, certain=False, seal=seal)
    return Baseline(record.known_inputs, certain=record.pending is None, seal=seal)
