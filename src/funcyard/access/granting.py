"""For which organisation a call is, and what it may do: decided from facts, nothing is asked here.

=================== ===================== ====================================================
caller              X-Organization-Id     the call is for
=================== ===================== ====================================================
platform admin      absent, or GLOBAL     GLOBAL
platform admin      an active one         that organisation
platform admin      any other             404
organisation user   absent, or their own  their organisation, where it is active; else 403
organisation user   any other             403, whether it exists or not
anybody else        whatever              403
=================== ===================== ====================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from funcyard.access.errors import ForbiddenError, NoSuchOrganisationError

if TYPE_CHECKING:
    from funcyard.access.organisation import Organisation
    from funcyard.access.principal import Principal

GLOBAL: Final = "GLOBAL"
"""The scope that belongs to no organisation."""


class Permission(Enum):
    """What a route asks of its caller."""

    RUN = "run"
    """To list and execute the workflows of the scope, and to read its executions."""

    ADMINISTER = "administer"
    """Everything else: files, connections, jobs, organisations, keys, health."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Who calls, and for whom.

    Attributes:
        principal: Who.
        scope: ``GLOBAL``, or the id of an active organisation.
    """

    principal: Principal
    scope: str


def resolve(
    principal: Principal,
    asked: str | None,
    *,
    own: Organisation | None,
    named: Organisation | None,
) -> Grant:
    """Decide for which organisation a call is.

    Args:
        principal: Who calls.
        asked: The header ``X-Organization-Id``, None where there is none.
        own: The organisation that the caller belongs to, None where there is none.
        named: The organisation that the header names, None where there is none.

    Raises:
        NoSuchOrganisationError: An admin names one that is not there or not active.
        ForbiddenError: Anybody else is not of the organisation, or of none that is active.
    """
    if principal.is_admin:
        if asked is None or asked == GLOBAL:
            return Grant(principal, GLOBAL)
        if named is None or named.id != asked or not named.is_active:
            raise NoSuchOrganisationError("there is no such organisation, or it is not active")
        return Grant(principal, named.id)
    if own is None or not own.is_active:
        raise ForbiddenError("you belong to no organisation of this platform")
    if asked is not None and asked != own.id:
        raise ForbiddenError("you do not belong to that organisation")
    return Grant(principal, own.id)


def require(grant: Grant, permission: Permission) -> None:
    """Check that a call may do something.

    Raises:
        ForbiddenError: It may not.
    """
    if permission is not Permission.RUN and not grant.principal.is_admin:
        raise ForbiddenError("only administrators of the platform may do that")
