"""Registries in a local Azure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from azure.containerregistry import ContainerRegistryClient
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from azure.mgmt.containerregistry import ContainerRegistryManagementClient
from azure.mgmt.containerregistry.models import Registry, RegistryProperties, Sku
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.msi.models import Identity
from tests.local_azure import MANAGER, LocalAzure

PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
PUSH = "8311e382-0749-4cb8-b61a-304f252e45ec"
DELETE = "c2f4ef07-c644-48eb-af81-4b1b4947fb11"


@dataclass
class LocalRegistry:
    """A registry with an admin user.

    Attributes:
        azure: Where it is.
        id: Its own.
        server: Host and port.
        user: The admin user.
        passwords: Of that.
    """

    azure: LocalAzure
    id: str
    server: str
    user: str
    passwords: list[str] = field(repr=False)

    @contextmanager
    def client(self) -> Iterator[ContainerRegistryClient]:
        """Reach it with Microsoft's client, as the application."""
        with RequestsTransport(connection_verify=self.azure.ca) as transport:
            who = _Known(self.azure)
            yield ContainerRegistryClient(
                f"https://{self.server}", who, audience=MANAGER, transport=transport
            )


class _Known:
    """A credential that needs no sign-in."""

    def __init__(self, azure: LocalAzure) -> None:
        self._azure = azure

    def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        return AccessToken(self._azure.issuer.application_token(MANAGER), 1 << 40)


@contextmanager
def management(azure: LocalAzure) -> Iterator[ContainerRegistryManagementClient]:
    """Reach registries of the Resource Manager with Microsoft's client."""
    with azure.client(ContainerRegistryManagementClient) as client:
        yield client


def registry(
    azure: LocalAzure, group_name: str, name: str, *, is_open: bool = False
) -> LocalRegistry:
    """Make a registry; an open one lets anybody pull."""
    properties = RegistryProperties(admin_user_enabled=True, anonymous_pull_enabled=is_open)
    body = Registry(location="westeurope", sku=Sku(name="Standard"), properties=properties)
    with management(azure) as client:
        made = client.registries.begin_create(group_name, name, body, polling_interval=0).result()
        told = client.registries.list_credentials(group_name, name)
    assert made.id is not None
    assert made.properties is not None
    assert told.passwords is not None
    passwords = [str(one.value) for one in told.passwords]
    return LocalRegistry(
        azure, made.id, str(made.properties.login_server), str(told.username), passwords
    )


def identity(azure: LocalAzure, group_name: str, name: str) -> str:
    """Make a managed identity; return its object id."""
    with azure.client(ManagedServiceIdentityClient) as client:
        made = client.user_assigned_identities.create_or_update(
            group_name, name, Identity(location="westeurope")
        )
    return str(made.principal_id)
