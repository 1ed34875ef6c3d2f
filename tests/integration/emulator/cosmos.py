"""A Cosmos DB account of a local Azure, and Microsoft's clients of it."""

from __future__ import annotations

from typing import Any

from azure.cosmos import ContainerProxy, CosmosClient, DatabaseProxy, PartitionKey
from azure.cosmos.aio import CosmosClient as AsyncCosmosClient
from azure.mgmt.cosmosdb import CosmosDBManagementClient
from tests.local_azure import LocalAzure

LOCATION = "westus"
SERVERLESS = [{"name": "EnableServerless"}]


class Account:
    """An account, and what opens it."""

    def __init__(self, azure: LocalAzure, group: str, name: str, *, serverless: bool) -> None:
        self.azure, self.group, self.name = azure, group, name
        self.manager = azure.client(CosmosDBManagementClient)
        body: Any = {
            "location": LOCATION,
            "properties": {
                "databaseAccountOfferType": "Standard",
                "locations": [{"locationName": LOCATION, "failoverPriority": 0}],
                "capabilities": SERVERLESS if serverless else [],
            },
        }
        accounts = self.manager.database_accounts
        made: Any = accounts.begin_create_or_update(group, name, body).result()
        self.url = str(made.document_endpoint)
        self.keys: dict[str, str] = dict(accounts.list_keys(group, name))

    @property
    def key(self) -> str:
        return self.keys["primaryMasterKey"]

    def client(self, key: str | None = None) -> CosmosClient:
        return CosmosClient(
            self.url, key or self.key, connection_verify=self.azure.ca, retry_total=0
        )

    def async_client(self) -> AsyncCosmosClient:
        return AsyncCosmosClient(self.url, self.key, retry_total=0)

    def database(self, name: str = "twin") -> DatabaseProxy:
        return self.client().create_database_if_not_exists(name)

    def container(self, name: str, path: str = "/pk", **more: Any) -> ContainerProxy:  # noqa: ANN401 - the client's own
        made: ContainerProxy = self.database().create_container(
            name, PartitionKey(path=path), **more
        )
        return made
