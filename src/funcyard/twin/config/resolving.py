"""Credentials with what their references stand for, in the environment of whoever deploys."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.twin.config.credentials import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.twin.config.credentials import AzureCredentials

_REFERENCE = "env:"


class UnresolvedCredentialsError(UsageError):
    """Environment variables that credentials name are not set, or hold no id."""

    code = "credentials-not-set"


@dataclass(frozen=True, slots=True)
class AzureAccess:
    """A subscription, and who Funcyard is there.

    Attributes:
        subscription_id: The subscription.
        tenant_id: The directory, None to deploy as whoever is signed in; so are the next two.
        client_id: The application.
        client_secret: Its secret; never shown.
    """

    subscription_id: str
    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)


def resolve(cloud: str, credentials: AzureCredentials, environ: Mapping[str, str]) -> AzureAccess:
    """Return what credentials stand for.

    Args:
        cloud: The name of the cloud that they are of, for messages.
        credentials: Of one cloud.
        environ: The environment.

    Raises:
        UnresolvedCredentialsError: Variables are not set or hold no id, all of them named.
    """
    faults: list[str] = []

    def value(reference: str | None, *, is_id: bool) -> str | None:
        if reference is None or not reference.startswith(_REFERENCE):
            return reference
        name = reference.removeprefix(_REFERENCE)
        found = environ.get(name, "")
        if not found:
            faults.append(f"{name} is not set")
        elif is_id and not re.fullmatch(UUID, found):
            faults.append(f"{name} is no UUID")
        return found

    access = AzureAccess(
        value(credentials.azure_subscription_id, is_id=True) or "",
        value(credentials.azure_tenant_id, is_id=True),
        value(credentials.azure_client_id, is_id=True),
        value(credentials.azure_client_secret, is_id=False),
    )
    if faults:
        raise UnresolvedCredentialsError(
            f"{cloud}: {', '.join(faults)}", hint="config_credentials.json names these variables"
        )
    return access
