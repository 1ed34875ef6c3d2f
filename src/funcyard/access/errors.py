"""Refusals of the platform, each with the HTTP status that an API answers."""

from __future__ import annotations

from typing import ClassVar

from funcyard.errors import REFUSED, FuncyardError, UsageError


class AccessError(FuncyardError):
    """The caller may not do that.

    Attributes:
        status: What an API answers.
    """

    code = "access"
    exit_code = REFUSED
    status: ClassVar[int] = 403


class UnauthenticatedError(AccessError):
    """Nobody can tell who calls. The message never holds a part of what was sent."""

    code = "unauthenticated"
    status = 401


class ForbiddenError(AccessError):
    """It is known who calls, and they may not do that."""

    code = "forbidden"


class NoSuchOrganisationError(AccessError):
    """There is no such organisation, or it is not active."""

    code = "organisation-unknown"
    status = 404


class OrganisationInactiveError(AccessError):
    """The organisation is not active: nothing is done for it."""

    code = "organisation-inactive"
    status = 409


class OrganisationThereError(AccessError):
    """There is an organisation of that id already."""

    code = "organisation-there"
    status = 409


class OrganisationRemovedError(AccessError):
    """There was an organisation of that id: what it left is for nobody else."""

    code = "organisation-removed"
    status = 409


class OrganisationInUseError(AccessError):
    """The organisation is active, connected, or somebody's: it cannot be removed."""

    code = "organisation-in-use"
    status = 409


class OrganisationChangedError(AccessError):
    """Somebody else changed the organisation meanwhile."""

    code = "organisation-changed"
    status = 409


class InvalidOrganisationError(AccessError):
    """What is given for an organisation, or for somebody who belongs to it, cannot be one."""

    code = "organisation-invalid"
    status = 400


class AccessSettingsError(UsageError):
    """The settings do not say how callers are told, or would let anybody in."""

    code = "access-settings"
