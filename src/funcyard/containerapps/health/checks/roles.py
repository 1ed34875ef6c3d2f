"""Whether the app's identities have the roles that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import fails, passes, skips

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.health.results import Judgement

NAME: Final = "roles"


def check(facts: Facts) -> Judgement:
    """Judge the roles for the image, the secrets and the storage."""
    if facts.missing_roles:
        first = facts.missing_roles[0]
        message = f"the app's identity lacks {first.role}, which it needs to {first.purpose}"
        seen = tuple(
            f"{one.principal} has no {one.role} on {one.scope}" for one in facts.missing_roles
        )
        mend = (
            f"az role assignment create --assignee-object-id {first.principal}"
            f" --assignee-principal-type ServicePrincipal --role '{first.role}'"
            f" --scope {first.scope}"
        )
        return fails(message, seen, mend)
    if not (facts.existing.identity.principal or facts.existing.identity.assigned):
        return skips("it has no identity")
    return passes("its identities have those that it needs")
