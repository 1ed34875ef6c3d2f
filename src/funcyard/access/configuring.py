"""The way in which callers are told, as settings name it.

``FUNCYARD_AUTH`` is ``entra``, ``swa`` or ``development``; there is no default, so that nobody
serves a platform to everybody by leaving it out. For ``entra``:

- ``FUNCYARD_ENTRA_TENANT``: whose tokens count.
- ``FUNCYARD_ENTRA_AUDIENCE``: what they are for, the API's client id or address; several by commas.
- ``FUNCYARD_ENTRA_ISSUER`` and ``FUNCYARD_ENTRA_KEYS_URL``: where they are not those of the cloud.
- ``FUNCYARD_ENTRA_CA_FILE``: the certificates that vouch for those keys, where not the system's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from funcyard.access.authentication import (
    Authentication,
    DevelopmentAuthentication,
    EntraAuthentication,
    StaticWebAppsAuthentication,
)
from funcyard.access.errors import AccessSettingsError
from funcyard.azure.cloud import cloud_of
from funcyard.azure.signing_keys import SigningKeys
from funcyard.azure.tokens import TokenRules, TokenVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping

MODE: Final = "FUNCYARD_AUTH"
MODES: Final = ("entra", "swa", "development")


def authentication_of(settings: Mapping[str, str]) -> Authentication:
    """Return what tells who calls.

    Raises:
        AccessSettingsError: The settings do not say it, or would let anybody in.
        CloudError: They name a cloud that cannot be.
    """
    match settings.get(MODE, ""):
        case "entra":
            return EntraAuthentication(_verifier(settings))
        case "swa":
            return StaticWebAppsAuthentication(settings)
        case "development":
            return DevelopmentAuthentication(settings)
        case other:
            raise AccessSettingsError(
                f"{MODE} is {other[:40]!r}: nobody can be told from anybody else",
                hint=f"one of {', '.join(MODES)}",
            )


def _verifier(settings: Mapping[str, str]) -> TokenVerifier:
    tenant = settings.get("FUNCYARD_ENTRA_TENANT", "")
    audiences = _list(settings.get("FUNCYARD_ENTRA_AUDIENCE", ""))
    if not tenant or not audiences:
        raise AccessSettingsError(
            "it is not set whose tokens count, and for what",
            hint="FUNCYARD_ENTRA_TENANT and FUNCYARD_ENTRA_AUDIENCE",
        )
    cloud = cloud_of(settings)
    issuers = _list(settings.get("FUNCYARD_ENTRA_ISSUER", "")) or cloud.issuers(tenant)
    keys_url = settings.get("FUNCYARD_ENTRA_KEYS_URL") or cloud.keys_url(tenant)
    trusted = settings.get("FUNCYARD_ENTRA_CA_FILE")
    keys = SigningKeys(keys_url, ca_file=Path(trusted) if trusted else cloud.ca_file)
    return TokenVerifier(TokenRules(issuers, audiences, tenant), keys)


def _list(text: str) -> tuple[str, ...]:
    return tuple(one for one in (part.strip() for part in text.split(",")) if one)
