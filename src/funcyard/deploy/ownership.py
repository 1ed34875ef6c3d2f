"""Whose a resource is: told by two tags, or by the record where its type has no tags.

What belongs to another is never changed or deleted, unless a person adopts it by its address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.deploy.diff import MISSING, Difference
from funcyard.errors import REFUSED, FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.records import Record
    from funcyard.deploy.resource import CloudT, Observed, Resource

STACK_TAG: Final = "funcyard-stack"
ADDRESS_TAG: Final = "funcyard-address"


class ForeignResourceError(FuncyardError):
    """A resource of a name that is wanted is there, and it is not this stack's."""

    code = "foreign-resource"
    exit_code = REFUSED


@dataclass(frozen=True, slots=True)
class Owner:
    """Whoever a resource belongs to.

    Attributes:
        stack: The name of its stack, None where nothing says so.
        is_us: Whether it is this stack's.
    """

    stack: str | None
    is_us: bool

    def __str__(self) -> str:
        return "another owner" if self.stack is None else f"the stack {self.stack}"


def tags_of(stack: str, address: str) -> dict[str, str]:
    """Return the tags that a resource of a stack bears."""
    return {STACK_TAG: stack, ADDRESS_TAG: address}


def owner_of(
    resource: Resource[CloudT], observed: Observed, record: Record | None, stack: str
) -> Owner:
    """Tell whose a resource is that was found.

    Tags that name a stack decide. Without them it is ours where the record says that it was made;
    a call that was only announced counts for types without tags, since every other would show them.
    """
    if observed.tags is None:
        ours = record is not None or resource.identity_is_ours
        return Owner(stack if ours else None, is_us=ours)
    bearer = observed.tags.get(STACK_TAG)
    if bearer is not None:
        return Owner(bearer, is_us=bearer == stack)
    made = record is not None and record.made
    return Owner(stack if made else None, is_us=made)


def tag_differences(observed: Observed, wanted: Mapping[str, str]) -> tuple[Difference, ...]:
    """Return which of our tags a resource does not bear; none where its type has no tags."""
    if observed.tags is None:
        return ()
    return tuple(
        Difference(("tags", name), observed.tags.get(name, MISSING), value)
        for name, value in wanted.items()
        if observed.tags.get(name) != value
    )


def foreign(resource: Resource[CloudT], owner: Owner) -> ForeignResourceError:
    """Return the error for a resource that belongs to another."""
    return ForeignResourceError(
        f"{resource.address}: {resource.identity} is there and belongs to {owner}",
        hint=f"choose another name, or take it over: --adopt {resource.address}",
    )
