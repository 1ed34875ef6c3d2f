"""Who Funcyard is towards Azure: the one place that builds credentials, from values alone.

An identity is a value, which holds no connection and shows no secret; :func:`credential` makes of
it what clients take. The caller closes that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from azure.identity.aio import (
    AzureCliCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from funcyard.azure.retries import table_retries
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud


class IdentityError(UsageError):
    """The settings do not say who Funcyard is, or somebody who cannot be in that cloud."""

    code = "bad-identity"


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """The identity that Azure gives to what runs there; a client id chooses an assigned one."""

    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class WorkloadIdentity:
    """An application whose proof is a token in a file, as in Kubernetes and in GitHub Actions."""

    tenant: str
    client_id: str
    token_file: str


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """An application whose proof is a secret."""

    tenant: str
    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AzureCli:
    """Whoever signed in with ``az login``."""

    tenant: str | None = None


Identity = ManagedIdentity | WorkloadIdentity | ClientSecret | AzureCli


def identity_of(settings: Mapping[str, str]) -> Identity:
    """Return who the settings say Funcyard is, by the names that the Azure SDKs read.

    An application's secret counts first, then a token in a file, then the managed identity of where
    this runs, and where nothing is said whoever signed in with ``az login``.

    Raises:
        IdentityError: They name a proof without saying whose it is.
    """
    tenant, client = settings.get("AZURE_TENANT_ID"), settings.get("AZURE_CLIENT_ID")
    secret, token = settings.get("AZURE_CLIENT_SECRET"), settings.get("AZURE_FEDERATED_TOKEN_FILE")
    if secret or token:
        if not tenant or not client:
            raise IdentityError(
                "an application's proof is set, but not whose it is",
                hint="AZURE_TENANT_ID and AZURE_CLIENT_ID",
            )
        if secret:
            return ClientSecret(tenant, client, secret)
        return WorkloadIdentity(tenant, client, token or "")
    if settings.get("IDENTITY_ENDPOINT") or settings.get("MSI_ENDPOINT"):
        return ManagedIdentity(client or None)
    return AzureCli(tenant or None)


def credential(identity: Identity, cloud: Cloud) -> AsyncTokenCredential:
    """Return a new credential. The caller closes it.

    Raises:
        IdentityError: The cloud does not know such an identity, or nobody is called so.
    """
    try:
        return _credential(identity, cloud)
    except ValueError as fault:
        raise IdentityError(
            f"nobody can sign in so: {str(fault).partition('. ')[0]}",
            hint="AZURE_TENANT_ID is the tenant's id or its domain, AZURE_CLIENT_ID the"
            " application's id",
        ) from fault


def _credential(identity: Identity, cloud: Cloud) -> AsyncTokenCredential:
    if not cloud.is_public and not isinstance(identity, ClientSecret):
        raise IdentityError(
            "the Azure on this machine knows an application and its secret only",
            hint="AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET,"
            " as funcyard emulator connection azure, or vault, prints them",
        )
    match identity:
        case ManagedIdentity(client_id=client):
            return ManagedIdentityCredential(client_id=client)
        case AzureCli(tenant=tenant):
            return AzureCliCredential(tenant_id=tenant or "")
        case WorkloadIdentity(tenant=tenant, client_id=client, token_file=file):
            return WorkloadIdentityCredential(
                tenant_id=tenant, client_id=client, token_file_path=file, **_options(cloud)
            )
        case ClientSecret(tenant=tenant, client_id=client, secret=secret):
            return ClientSecretCredential(tenant, client, secret, **_options(cloud))


def _options(cloud: Cloud) -> dict[str, Any]:
    return {
        "authority": cloud.authority,
        "disable_instance_discovery": not cloud.is_public,
        "transport": cloud.transport(cloud.authority),
        # The request that wants the token is retried where the sign-in is not reached.
        **table_retries(),
        "retry_connect": 0,
        "retry_read": 0,
    }
