"""What ``funcyard orch status`` asks, by Microsoft's client alone, and printed as it comes."""

from __future__ import annotations

import json
import os

from azure.identity import ClientSecretCredential
from azure.mgmt.appcontainers import ContainerAppsAPIClient


def main() -> None:
    """Ask for the app, its environment, its revisions and their replicas; print them as JSON."""
    trusted = os.environ["SSL_CERT_FILE"]
    manager = os.environ["FUNCYARD_AZURE_MANAGER"]
    group, name = os.environ["AZURE_RESOURCE_GROUP"], os.environ["AZURE_CONTAINER_APP_NAME"]
    credential = ClientSecretCredential(
        os.environ["AZURE_TENANT_ID"],
        os.environ["AZURE_CLIENT_ID"],
        os.environ["AZURE_CLIENT_SECRET"],
        authority=os.environ["AZURE_AUTHORITY_HOST"],
        disable_instance_discovery=True,
        connection_verify=trusted,
    )
    client = ContainerAppsAPIClient(
        credential,
        os.environ["AZURE_SUBSCRIPTION_ID"],
        base_url=manager,
        credential_scopes=["https://management.azure.com/.default"],
        connection_verify=trusted,
    )
    app = client.container_apps.get(group, name)
    assert app.properties is not None
    environment = str(app.properties.environment_id).rpartition("/")[2]
    revisions = list(client.container_apps_revisions.list_revisions(group, name))
    replicas = [
        client.container_apps_revision_replicas.list_replicas(group, name, str(one.name))
        for one in revisions
        if one.properties is not None and one.properties.active
    ]
    around = client.managed_environments
    found = [
        app,
        around.get(group, environment),
        *around.list_workload_profile_states(group, environment),
        *revisions,
        *replicas,
    ]
    print(json.dumps([one.as_dict() for one in found]))


if __name__ == "__main__":
    main()
