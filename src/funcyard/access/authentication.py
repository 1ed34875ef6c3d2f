"""Who calls, told in the one way that the settings name; nothing else of a request is believed.

- ``entra``: a token of Microsoft Entra ID in ``Authorization``.
- ``swa``: the principal that Static Web Apps puts into ``X-MS-CLIENT-PRINCIPAL``. Whoever reaches
  the app past it could write that header, so it counts only where the settings say that nobody can,
  and never for callers on this machine, such as code that workflows run, where they can be told.
  ``FUNCYARD_SWA_EMULATOR=true`` is for the emulator of Static Web Apps, which is on this machine.
- ``development``: whoever is on this machine is an admin, on a host that nobody else can reach.
  ``FUNCYARD_DEVELOPMENT_GATEWAY=true`` is for a container, whose machine calls through its gateway.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Final, Protocol

from funcyard.access.errors import (
    AccessSettingsError,
    InvalidOrganisationError,
    UnauthenticatedError,
)
from funcyard.access.gateway import ROUTES, gateway, is_own_address
from funcyard.access.principal import ADMIN, Principal, check_key
from funcyard.loopback import names_loopback, on_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from funcyard.access.request import Asking
    from funcyard.azure.tokens import TokenVerifier

AUTHORIZATION: Final = "authorization"
CLIENT_PRINCIPAL: Final = "x-ms-client-principal"
GATEWAY: Final = "FUNCYARD_DEVELOPMENT_GATEWAY"
EMULATOR: Final = "FUNCYARD_SWA_EMULATOR"
OWN_HOST: Final = "FUNCYARD_HOST"
"""Set by Funcyard's own host, which tells an app the caller's address; Azure's tells its own."""

_LONGEST_PRINCIPAL: Final = 16 * 1024
_HOSTED: Final = ("WEBSITE_INSTANCE_ID", "CONTAINER_APP_NAME", "KUBERNETES_SERVICE_HOST")


class Authentication(Protocol):
    """Tells who calls."""

    async def principal(self, asking: Asking) -> Principal:
        """Return who calls.

        Raises:
            UnauthenticatedError: Nobody can tell.
            TokenError: The token does not count.
            KeysUnreachableError: Nobody knows whether it does.
        """
        ...


class EntraAuthentication:
    """By tokens of Microsoft Entra ID.

    Args:
        verifier: Of the tokens.
    """

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    async def principal(self, asking: Asking) -> Principal:
        """Return who the token says is calling."""
        given = asking.one(AUTHORIZATION)
        if given is None:
            raise UnauthenticatedError("sign in: Authorization: Bearer TOKEN is missing")
        scheme, _, token = given.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise UnauthenticatedError("only Authorization: Bearer TOKEN is understood")
        caller = await self._verifier.verify(token.strip())
        return _checked(
            Principal(caller.id, caller.tenant or "entra", caller.name, frozenset(caller.roles))
        )


class StaticWebAppsAuthentication:
    """By the header of Static Web Apps, which the app is linked to.

    https://learn.microsoft.com/azure/static-web-apps/user-information

    Args:
        settings: Of the app: they tell whether callers' addresses are known, and whether those on
            this machine are the emulator of Static Web Apps.

    Raises:
        AccessSettingsError: The emulator is trusted where others can reach the app.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        emulated = settings.get(EMULATOR, "").lower() == "true"
        if emulated:
            _check_not_hosted(settings, f"{EMULATOR}=true")
        self._refuses_own = not emulated and settings.get(OWN_HOST) == "1"

    async def principal(self, asking: Asking) -> Principal:
        """Return who the header says is calling."""
        if self._refuses_own and is_own_address(asking.peer):
            raise UnauthenticatedError("Static Web Apps do not call from this machine")
        given = asking.one(CLIENT_PRINCIPAL)
        if given is None:
            raise UnauthenticatedError("sign in through the web application")
        told = _decoded(given)
        identity, provider = told.get("userId"), told.get("identityProvider")
        roles = told.get("userRoles")
        if not (isinstance(identity, str) and isinstance(provider, str)) or not isinstance(
            roles, list
        ):
            raise UnauthenticatedError("the principal does not say who calls")
        known = frozenset(_role(role) for role in roles if isinstance(role, str))
        if "authenticated" not in known:
            raise UnauthenticatedError("sign in through the web application")
        name = told.get("userDetails")
        return _checked(
            Principal(identity, provider, name if isinstance(name, str) else identity, known)
        )


class DevelopmentAuthentication:
    """Whoever is on this machine is an admin.

    Args:
        settings: Of the app: they tell whether it runs in a cloud, and whether calls through the
            gateway are this machine's, as they are in a container of it.
        routes: The kernel's table of routes.

    Raises:
        AccessSettingsError: The app runs where others can reach it, or has no gateway.
    """

    def __init__(self, settings: Mapping[str, str], routes: Path = ROUTES) -> None:
        _check_not_hosted(settings, "FUNCYARD_AUTH=development")
        through_gateway = settings.get(GATEWAY, "").lower() == "true"
        self._gateway = gateway(routes) if through_gateway else None
        if through_gateway and self._gateway is None:
            raise AccessSettingsError(
                f"{GATEWAY} is set, and there is no gateway that this machine calls through",
                hint="it is for a container whose port is published on 127.0.0.1",
            )

    async def principal(self, asking: Asking) -> Principal:
        """Return the admin, where the call comes from this machine, and not from a page of others.

        A page in a browser on this machine calls from here, too: what it is from is told by
        ``Origin``, and the name that it thinks this host has by ``Host``.
        """
        forwarded = asking.one("x-forwarded-for") or asking.one("forwarded")
        here = names_loopback(asking.peer) or asking.peer == self._gateway
        if forwarded is not None or not here:
            raise UnauthenticatedError("the development identity is for callers on this machine")
        host, origin = asking.one("host"), asking.one("origin")
        if host is None or not on_loopback(f"//{host}"):
            raise UnauthenticatedError("the development identity is for localhost alone")
        if origin is not None and not on_loopback(origin):
            raise UnauthenticatedError("the development identity is for pages of this machine")
        return Principal("developer", "development", "developer", frozenset({ADMIN}))


def _check_not_hosted(settings: Mapping[str, str], told: str) -> None:
    """Check that nobody reaches the app but people on this machine.

    Raises:
        AccessSettingsError: The app runs in a cloud.
    """
    name = next((name for name in _HOSTED if settings.get(name)), None)
    public = settings.get("WEBSITE_HOSTNAME", "")
    if name is None and public and not on_loopback(f"//{public}"):
        name = "WEBSITE_HOSTNAME"
    if name is not None:
        raise AccessSettingsError(
            f"{told} on a host that others can reach: {name} is set",
            hint="FUNCYARD_AUTH=entra, or swa behind Static Web Apps",
        )


def _role(name: str) -> str:
    """Return a role of Static Web Apps, where upper and lower case do not count, as it is known."""
    return ADMIN if name.lower() == ADMIN.lower() else name


def _decoded(header: str) -> dict[str, Any]:
    """Return what a client principal says.

    Raises:
        UnauthenticatedError: It is none.
    """
    if len(header) > _LONGEST_PRINCIPAL:
        raise UnauthenticatedError("the principal is too long")
    try:
        told = json.loads(base64.b64decode(header, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise UnauthenticatedError("the principal cannot be read") from None
    if not isinstance(told, dict):
        raise UnauthenticatedError("the principal cannot be read")
    return told


def _checked(principal: Principal) -> Principal:
    try:
        check_key(principal.key)
    except InvalidOrganisationError:
        raise UnauthenticatedError("whoever calls has an id that cannot be one") from None
    return principal
