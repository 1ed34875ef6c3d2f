"""What the functions of a twin need of Azure, made in a local one by Microsoft's clients."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from azure.cosmos import ContainerProxy
from azure.digitaltwins.core import DigitalTwinsClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.storage import StorageManagementClient
from azure.storage.blob import BlobServiceClient
from tests.integration.emulator import twins
from tests.integration.emulator.cosmos import Account
from tests.integration.emulator.iothub import Hub
from tests.local_azure import LocalAzure
from tests.unit.twin.twins import EXAMPLE

from funcyard.emulator.core.finding import find, identity_settings
from funcyard.twin.contract import blobs, devices, items
from funcyard.twin.contract import settings as s

_GROUP = "g"
_WEST = "westeurope"


@dataclass
class Resources:
    """The storage, the hub and the graph of a twin.

    Attributes:
        azure: Where they are.
        settings: What functions are told of them.
    """

    azure: LocalAzure
    settings: dict[str, str]
    cosmos: Account
    hub: Hub
    graph_url: str
    blob_connection: str

    @classmethod
    def make(cls, azure: LocalAzure) -> Resources:
        group = twins.group(azure, _GROUP)
        identities = azure.client(ManagedServiceIdentityClient).user_assigned_identities
        who = identities.create_or_update(_GROUP, "functions", {"location": _WEST})
        account = Account(azure, _GROUP, "hot", serverless=True)
        account.database(items.DATABASE)
        hub = Hub.make(azure, "hub")
        graph = twins.instance(azure, _GROUP, "graph")
        for principal in (str(who.principal_id), azure.issuer.application_id):
            twins.assign(azure, group, twins.OWNER, principal)
        connection = _storage(azure)
        told = {
            **identity_settings(azure.location, find(azure.location), str(who.id)),
            s.CLIENT_ID: str(who.client_id),
            s.COSMOS_ENDPOINT: account.url,
            s.COSMOS_KEY: account.key,
            s.COSMOS_DATABASE: items.DATABASE,
            s.BLOB_CONNECTION: connection,
            s.ADT_URL: graph,
            s.IOT_HUB_CONNECTION: f"HostName={hub.host};SharedAccessKeyName=service;"
            f"SharedAccessKey={hub.key('service')}",
        }
        made = cls(azure, told, account, hub, graph, connection)
        made.register_devices()
        made.upload_graph()
        return made

    def of(self, name: str) -> dict[str, str]:
        """Make containers of a twin's own; return what its functions are told of all."""
        own = {
            s.COSMOS_CONTAINER: f"{name}-{items.CONTAINER}",
            s.COLD_CONTAINER: f"{name}-{blobs.COLD_CONTAINER}",
            s.ARCHIVE_CONTAINER: f"{name}-{blobs.ARCHIVE_CONTAINER}",
            s.INFO_CONTAINER: f"{name}-{devices.CONTAINER}",
        }
        self.database.create_container(
            own[s.COSMOS_CONTAINER], {"paths": [items.PARTITION_KEY_PATH], "kind": "Hash"}
        )
        for container in (own[s.COLD_CONTAINER], own[s.ARCHIVE_CONTAINER], own[s.INFO_CONTAINER]):
            self.blobs.create_container(container)
        return {**self.settings, **own}

    @cached_property
    def database(self) -> Any:  # noqa: ANN401 - it takes the key as a mapping
        return self.cosmos.client().get_database_client(items.DATABASE)

    def hot(self, container: str) -> ContainerProxy:
        found: ContainerProxy = self.database.get_container_client(container)
        return found

    @cached_property
    def blobs(self) -> BlobServiceClient:
        return BlobServiceClient.from_connection_string(self.blob_connection)

    def twin(self, name: str) -> dict[str, Any]:
        with twins.client(self.azure, self.graph_url) as client:
            return dict(client.get_digital_twin(name))

    def renew_twin(self, name: str) -> None:
        """Let a twin be as it was at first."""
        found = next(one for one in _hierarchy()["twins"] if one["$dtId"] == name)
        with twins.client(self.azure, self.graph_url) as client:
            _put(client, found)

    def put_twin(self, twin: dict[str, Any]) -> None:
        with twins.client(self.azure, self.graph_url) as client:
            _put(client, twin)

    def tell_of(self, device: devices.DeviceInfo, container: str) -> None:
        """Describe a device to functions."""
        told = {devices.described_in(device.id): device.as_json()}
        if device.twin != device.id:
            told[devices.shown_in(device.twin)] = devices.twin_as_json(device.id)
        where = self.blobs.get_container_client(container)
        for name, document in told.items():
            where.upload_blob(name, json.dumps(document).encode(), overwrite=True)

    def register_devices(self) -> None:
        for one in json.loads((EXAMPLE / "config_iot_devices.json").read_text("utf-8")):
            self.hub.registry().create_device_with_sas(one["id"], "", "", "enabled")

    def upload_graph(self) -> None:
        told = _hierarchy()
        with twins.client(self.azure, self.graph_url) as client:
            client.create_models(told["models"])
            for one in told["twins"]:
                _put(client, one)


def _put(client: DigitalTwinsClient, twin: dict[str, Any]) -> None:
    client.upsert_digital_twin(twin["$dtId"], {**twin})


def _hierarchy() -> Any:  # noqa: ANN401 - JSON
    return json.loads((EXAMPLE / "twin_hierarchy/azure_hierarchy.json").read_text("utf-8"))


def _storage(azure: LocalAzure) -> str:
    body: Any = {"location": _WEST, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    accounts = azure.client(StorageManagementClient).storage_accounts
    made: Any = accounts.begin_create(_GROUP, "twinreadings", body).result()
    keys: Any = accounts.list_keys(_GROUP, "twinreadings")
    key = (keys.keys_property or [])[0].value
    blob = made.properties.primary_endpoints.blob.rstrip("/")
    return f"AccountName=twinreadings;AccountKey={key};BlobEndpoint={blob}"
