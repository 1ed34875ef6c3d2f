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
class AzureIdentity:
    """Who Funcyard is in a cloud.

    Attributes:
        tenant_id: The directory, None to deploy as whoever is signed in; so are the next two.
        client_id: The application.
        client_secret: Its secret; never shown.
    """

    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AzureAccess:
    """A subscription, and who Funcyard is there.

    Attributes:
        subscription_id: The subscription.
        identity: Who.
    """

    subscription_id: str
    identity: AzureIdentity = AzureIdentity()


def resolve(cloud: str, credentials: AzureCredentials, environ: Mapping[str, str]) -> AzureAccess:
    """Return what credentials stand for.

    Args:
        cloud: The name of the cloud that they are of, for messages.
        credentials: Of one cloud.
        environ: The environment.

    Raises:
        UnresolvedCredentialsError: Variables are not set or hold no id, all of them named.
    """
    values = _Values(credentials, environ)
    access = AzureAccess(values.value("azure_subscription_id") or "", _identity(values))
    values.check(cloud)
    return access


def resolve_identity(
    cloud: str, credentials: AzureCredentials, environ: Mapping[str, str]
) -> AzureIdentity:
    """Return who credentials say Funcyard is; which subscription they mean does not count.

    Args:
        cloud: The name of the cloud that they are of, for messages.
        credentials: Of one cloud.
        environ: The environment.

    Raises:
        UnresolvedCredentialsError: Variables are not set or hold no id, all of them named.
    """
    values = _Values(credentials, environ)
    identity = _identity(values)
    values.check(cloud)
    return identity


@dataclass(frozen=True, slots=True)
class _Values:
    """What the fields of credentials stand for, and what is wrong with those that were read."""

    credentials: AzureCredentials
    environ: Mapping[str, str] = field(repr=False)
    faults: list[str] = field(default_factory=list)

    def value(self, name: str, *, is_id: bool = True) -> str | None:
        told: str | None = getattr(self.credentials, name)
        if told is None or not told.startswith(_REFERENCE):
            return told
        variable = told.removeprefix(_REFERENCE)
        found = self.environ.get(variable, "")
        if not found:
            self.faults.append(f"{variable} is not set, for {name}")
        elif is_id and not re.fullmatch(UUID, found):
            self.faults.append(f"{variable} is no UUID, for {name}")
        return found

    def check(self, cloud: str) -> None:
        if self.faults:
            raise UnresolvedCredentialsError(
                f"{cloud}: {'; '.join(self.faults)}",
                hint="set these variables, which config_credentials.json names",
            )


def _identity(values: _Values) -> AzureIdentity:
    return AzureIdentity(
        values.value("azure_tenant_id"),
        values.value("azure_client_id"),
        values.value("azure_client_secret", is_id=False),
    )
