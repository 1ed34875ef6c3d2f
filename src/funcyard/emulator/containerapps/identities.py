"""As whom an app or a job acts: tokens for its registries, its secrets in vaults, and itself.

https://learn.microsoft.com/azure/container-apps/managed-identity
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final

import aiohttp

from funcyard.emulator.containerapps import errors
from funcyard.emulator.managed_identity import app_header
from funcyard.emulator.managed_identity.holders import Identity, held, own

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.errors import ArmError
    from funcyard.emulator.core.records import Json, Kept

MANAGER: Final = "https://management.azure.com"
_VAULT: Final = "https://vault.azure.net"
_SYSTEM: Final = "system"
_API: Final = "7.4"
_SECONDS: Final = 10
_GOOD: Final = 200


def named(core: Core, kept: Kept, wanted: str) -> Identity | None:
    """Return an identity of an app or a job: ``system``, or by its id; None where it has not it."""
    if wanted.lower() == _SYSTEM:
        return own(kept)
    return next((one for one in held(core, kept) if one.key == wanted.lower()), None)


def variables(core: Core, kept: Kept) -> dict[str, str]:
    """Return the variables by which programs get tokens; none where there is no identity."""
    found = held(core, kept)
    if not found:
        return {}
    return {
        "IDENTITY_ENDPOINT": f"{core.url}{app_header.PATH}",
        "IDENTITY_HEADER": app_header.header(
            core.store.key, tuple(one.key for one in found), kept.id
        ),
    }


async def token(core: Core, kept: Kept, wanted: str, audience: str) -> str:
    """Return a token of an identity.

    Raises:
        ArmError: It is none of this app's.
    """
    found = named(core, kept, wanted)
    if found is None:
        raise _unknown(kept, wanted)
    return core.issuer.identity_token(audience, found.client, found.principal)


def check_registries(core: Core, kept: Kept) -> None:
    """Refuse registries whose identity is none of an app's.

    Raises:
        ArmError: One is.
    """
    for one in kept.properties["configuration"]["registries"] or ():
        wanted = one.get("identity")
        if wanted and named(core, kept, wanted) is None:
            raise _unknown(kept, wanted)


async def values(core: Core, kept: Kept) -> dict[str, str]:
    """Return the values of an app's or a job's secrets, by name.

    Raises:
        ArmError: A vault does not give one.
    """
    found = {}
    for one in kept.properties["configuration"]["secrets"] or ():
        if one.get("value") is not None:
            found[one["name"]] = str(one["value"])
        else:
            found[one["name"]] = await _from_vault(core, kept, one)
    return found


async def _from_vault(core: Core, kept: Kept, secret: Json) -> str:
    given = await token(core, kept, secret["identity"], _VAULT)
    trust = ssl.create_default_context(cafile=str(core.planes.authority))
    headers = {"authorization": f"Bearer {given}"}
    why = ""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as session,
            session.get(
                secret["keyVaultUrl"], params={"api-version": _API}, headers=headers, ssl=trust
            ) as answer,
        ):
            if answer.status == _GOOD:
                return str((await answer.json())["value"])
            why = f"{answer.status} {answer.reason}"
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as fault:
        why = str(fault) or type(fault).__name__
    raise errors.bad(
        "ContainerAppSecretKeyVaultUrlInvalid",
        f"Unable to get value using Managed identity {secret['identity']} for secret"
        f" {secret['name']}. Error: {why}",
    )


def _unknown(kept: Kept, wanted: str) -> ArmError:
    return errors.bad(
        "ManagedIdentityNotFound", f"'{kept.name}' has no identity '{wanted}' of its own."
    )
