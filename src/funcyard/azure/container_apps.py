"""Container apps of Azure: the client of their part of Azure Resource Manager.

Answers are the documents that came, as they came, so that nothing is lost that a newer version of
the API tells. Every method raises the errors of :mod:`funcyard.azure.errors`: refused, or not
reached. https://learn.microsoft.com/rest/api/resource-manager/containerapps/
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any, Final, Self, cast
from urllib.parse import urlsplit

from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.polling.base_polling import OperationFailed
from azure.mgmt.appcontainers.aio import ContainerAppsAPIClient

from funcyard.azure.errors import AzureFailedError, azure_error, azure_errors
from funcyard.azure.patience import Patience, PatiencePolicy
from funcyard.azure.resource_ids import ResourceIdError, read_resource_id
from funcyard.azure.retries import table_retries

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.pipeline import PipelineRequest

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.resource_ids import ResourceId

CONTAINER_APP: Final = "Microsoft.App/containerApps"
ENVIRONMENT: Final = "Microsoft.App/managedEnvironments"

API_VERSION: Final = "2025-07-01"
"""The newest whose recorded answers the reader of them is held to."""

_POLL_SECONDS: Final = 1.0
"""How often a change is asked after, where Azure does not say."""

Document = dict[str, Any]


class ContainerApps:
    """The container apps of a subscription; ``async with`` it.

    What cannot be reached is asked again for some seconds; what is busy, for as long as patience
    says, which tells of it, so that nobody waits unseen.

    Attributes:
        patience: Waits where they are busy.

    Args:
        credential: Who asks. The caller closes it.
        cloud: Where they are.
        subscription: Its id.
        patience: Waits where they are busy; None for not at all.
    """

    def __init__(
        self,
        credential: AsyncTokenCredential,
        cloud: Cloud,
        subscription: str,
        patience: Patience | None = None,
    ) -> None:
        self.patience = patience or Patience()
        self._client = ContainerAppsAPIClient(
            credential,
            subscription,
            base_url=cloud.manager_address,
            credential_scopes=[f"{cloud.manager_audience}/.default"],
            api_version=API_VERSION,
            polling_interval=_POLL_SECONDS,
            transport=cloud.transport(cloud.manager_address),
            per_call_policies=[
                PatiencePolicy(self.patience),
                _OwnHostPolicy(cloud.manager_address),
            ],
            **{**table_retries(), "retry_status": 0},
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def app(self, app: ResourceId) -> Document:
        """Return an app."""
        with azure_errors(f"reading the container app {app.name}"):
            found = await self._client.container_apps.get(app.group, app.name)
            return found.as_dict()

    async def apps(self, group: str | None = None) -> list[Document]:
        """Return the apps of a resource group, or of the subscription where none is named."""
        operations = self._client.container_apps
        with azure_errors("listing the container apps"):
            if group is None:
                return await _listed(operations.list_by_subscription())
            return await _listed(operations.list_by_resource_group(group))

    async def revisions(self, app: ResourceId) -> list[Document]:
        """Return the revisions of an app, also those that are not active."""
        operations = self._client.container_apps_revisions
        with azure_errors(f"reading the revisions of {app.name}"):
            return await _listed(operations.list_revisions(app.group, app.name))

    async def revision(self, app: ResourceId, name: str) -> Document:
        """Return a revision of an app."""
        operations = self._client.container_apps_revisions
        with azure_errors(f"reading the revision {name}"):
            found = await operations.get_revision(app.group, app.name, name)
            return found.as_dict()

    async def replicas(self, app: ResourceId, revision: str) -> list[Document]:
        """Return the replicas of a revision, as many as there are now."""
        operations = self._client.container_apps_revision_replicas
        with azure_errors(f"reading the replicas of {revision}"):
            found = await operations.list_replicas(app.group, app.name, revision)
            return list(found.as_dict().get("value") or [])

    async def environment(self, environment: ResourceId) -> Document:
        """Return an environment."""
        operations = self._client.managed_environments
        with azure_errors(f"reading the environment {environment.name}"):
            found = await operations.get(environment.group, environment.name)
            return found.as_dict()

    async def profile_states(self, environment: ResourceId) -> list[Document]:
        """Return how many nodes each workload profile of an environment has now."""
        operations = self._client.managed_environments
        with azure_errors(f"reading the environment {environment.name}"):
            return await _listed(
                operations.list_workload_profile_states(environment.group, environment.name)
            )

    async def auth_token(self, app: ResourceId) -> Document:
        """Return a token for the streams of an app, which is a secret."""
        with azure_errors(f"asking for the token of {app.name}"):
            found = await self._client.container_apps.get_auth_token(app.group, app.name)
            return found.as_dict()

    async def environment_auth_token(self, environment: ResourceId) -> Document:
        """Return a token for the streams of an environment, which is a secret."""
        operations = self._client.managed_environments
        with azure_errors(f"asking for the token of {environment.name}"):
            found = await operations.get_auth_token(environment.group, environment.name)
            return found.as_dict()

    async def secrets(self, app: ResourceId) -> dict[str, str]:
        """Return the values of an app's secrets by their names.

        The role Contributor is needed, or another that allows ``listSecrets``.
        """
        with azure_errors(f"reading the secrets of {app.name}"):
            found = await self._client.container_apps.list_secrets(app.group, app.name)
            listed = found.as_dict().get("value") or []
        return {str(one.get("name", "")): str(one.get("value") or "") for one in listed}

    async def patch(self, app: ResourceId, body: Document) -> Document:
        """Change an app by a JSON merge patch, wait until Azure has ended that, and return it.

        Lists are replaced whole, what is not named stays as it is. That it has ended does not say
        that the new revision runs. https://datatracker.ietf.org/doc/html/rfc7396

        Raises:
            AzureFailedError: Azure took the change on, and tells that it failed.
        """
        doing = f"changing the container app {app.name}"
        with azure_errors(doing):
            # As bytes it is sent as it is: the client would leave out what it deems read-only.
            sent = cast("IO[bytes]", json.dumps(body).encode())
            poller = await self._client.container_apps.begin_update(app.group, app.name, sent)
            try:
                found = await poller.result()
            except HttpResponseError as fault:
                if not isinstance(fault.inner_exception, OperationFailed):
                    raise
                told = azure_error(fault, doing)
                raise AzureFailedError(told.message, service_code=told.service_code) from fault
            return found.as_dict()

    async def activate(self, app: ResourceId, revision: str) -> None:
        """Let a revision run. It does some time after this."""
        operations = self._client.container_apps_revisions
        with azure_errors(f"activating the revision {revision}"):
            await operations.activate_revision(app.group, app.name, revision)

    async def deactivate(self, app: ResourceId, revision: str) -> None:
        """Let a revision run no more. It does not some time after this."""
        operations = self._client.container_apps_revisions
        with azure_errors(f"deactivating the revision {revision}"):
            await operations.deactivate_revision(app.group, app.name, revision)

    async def restart(self, app: ResourceId, revision: str) -> None:
        """Have a revision's replicas replaced by new ones, which takes some time."""
        operations = self._client.container_apps_revisions
        with azure_errors(f"restarting the revision {revision}"):
            await operations.restart_revision(app.group, app.name, revision)


class _OwnHostPolicy(SansIOHTTPPolicy[Any, Any]):
    """Sends nothing elsewhere, whatever an answer names for a page or a change: a token is in it.

    Args:
        base: The Resource Manager's address.
    """

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Refuse another host.

        Raises:
            AzureFailedError: It is one.
        """
        wanted = urlsplit(request.http_request.url)
        if wanted[:2] != urlsplit(self._base)[:2]:
            raise AzureFailedError(f"Azure named {wanted.netloc}, where nobody gets this token")


def environment_of(app: Document) -> ResourceId | None:
    """Return the environment of an app, None where its document names none."""
    properties = app.get("properties") or {}
    text = properties.get("environmentId") or properties.get("managedEnvironmentId") or ""
    try:
        return read_resource_id(text, ENVIRONMENT)
    except ResourceIdError:
        return None


async def _listed(pages: AsyncIterable[Any]) -> list[Document]:
    return [one.as_dict() async for one in pages]
