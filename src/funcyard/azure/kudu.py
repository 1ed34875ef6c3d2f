"""Kudu: what takes packages for a site, at an address of its own that Resource Manager names.

It takes the same tokens as Resource Manager. Nothing is tried again here: who deploys has a budget.
https://github.com/projectkudu/kudu/wiki/Deploying-from-a-zip-file-or-url
"""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from azure.core import AsyncPipelineClient
from azure.core.exceptions import DecodeError, ResourceNotFoundError
from azure.core.pipeline.policies import (
    AsyncBearerTokenCredentialPolicy,
    HeadersPolicy,
    UserAgentPolicy,
)
from azure.core.rest import HttpRequest

from funcyard import __version__
from funcyard.azure.errors import AzureFailedError, AzureRefusedError
from funcyard.azure.refusal import refusal
from funcyard.azure.retry_after import retry_after
from funcyard.loopback import on_loopback

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.rest import AsyncHttpResponse

    from funcyard.azure.cloud import Cloud

_HOST: Final = re.compile(r"(?P<name>[A-Za-z0-9.-]+)(?::[0-9]+)?")
_SUFFIX: Final = ".azurewebsites.net"
_BUSY: Final = 409
_REFUSED: Final = 400
_FAILED: Final = 3
_SHOWN_LINES: Final = 20


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment as Kudu tells it.

    Attributes:
        id: Its id.
        message: What whoever deployed said.
        is_complete: Whether it ended.
        has_failed: Whether it ended badly.
        status_text: Why, where Kudu says so here.
        retry_after: After how many seconds to ask again, where Kudu says so.
    """

    id: str
    message: str
    is_complete: bool
    has_failed: bool
    status_text: str
    retry_after: float | None


class Kudu:
    """The Kudu of one site; see :func:`kudu_at`.

    Every method raises ``azure.core.exceptions.AzureError`` where it refuses or cannot be reached.

    Args:
        client: Sends requests to it.
    """

    def __init__(self, client: AsyncPipelineClient[HttpRequest, AsyncHttpResponse]) -> None:
        self._client = client

    async def publish(self, package: bytes, message: str) -> None:
        """Hand a ZIP over; that it is unpacked and built goes on afterwards.

        Args:
            package: The ZIP.
            message: Kept with the deployment.

        Raises:
            AzureRefusedError: Another deployment goes on, which ends by itself.
        """
        request = HttpRequest(
            "POST",
            "/api/zipdeploy",
            params={"isAsync": "true", "deployer": "funcyard", "message": message},
            headers={"Content-Type": "application/zip"},
            content=package,
        )
        await self._sent(request)

    async def latest(self) -> Deployment | None:
        """Return the newest deployment; None where there is none, or none to be seen yet."""
        try:
            response = await self._sent(HttpRequest("GET", "/api/deployments/latest"))
        except ResourceNotFoundError:
            return None
        told = _json(response)
        return Deployment(
            id=str(told.get("id", "")),
            message=str(told.get("message") or ""),
            is_complete=bool(told.get("complete")),
            has_failed=told.get("status") == _FAILED,
            status_text=str(told.get("status_text") or ""),
            retry_after=retry_after(response.headers),
        )

    async def log(self, deployment: str) -> list[str]:
        """Return the last lines of a deployment's log; none where it has none."""
        try:
            response = await self._sent(HttpRequest("GET", f"/api/deployments/{deployment}/log"))
        except ResourceNotFoundError:
            return []
        told = _json(response)
        return [str(entry.get("message") or "") for entry in told][-_SHOWN_LINES:]

    async def _sent(self, request: HttpRequest) -> AsyncHttpResponse:
        request.url = self._client.format_url(request.url)
        response: AsyncHttpResponse = await self._client.send_request(request)
        if response.status_code == _BUSY:
            raise AzureRefusedError(
                "another deployment to this site goes on",
                status=_BUSY,
                service_code="AppServiceOperationInProgress",
            )
        if response.status_code >= _REFUSED:
            raise refusal(response)
        return response


@asynccontextmanager
async def kudu_at(host: str, credential: AsyncTokenCredential, cloud: Cloud) -> AsyncIterator[Kudu]:
    """Reach the Kudu of a site.

    Args:
        host: Where Resource Manager says that it is.
        credential: Who asks. The caller closes it.
        cloud: Of the site.

    Raises:
        AzureFailedError: That is no address of this cloud, so the token is not for it.
    """
    base, named = f"https://{host}", _HOST.fullmatch(host)
    is_kudu = named is not None and (
        named["name"].endswith(_SUFFIX) if cloud.is_public else on_loopback(base)
    )
    if not is_kudu:
        raise AzureFailedError(f"Azure named {host!r} as what deploys to a site: it cannot be that")
    signing = AsyncBearerTokenCredentialPolicy(credential, f"{cloud.manager_audience}/.default")
    async with AsyncPipelineClient[HttpRequest, "AsyncHttpResponse"](
        base,
        policies=[
            HeadersPolicy({"Accept": "application/json"}),
            UserAgentPolicy(f"funcyard/{__version__}"),
            signing,
        ],
        transport=cloud.transport(base),
    ) as client:
        yield Kudu(client)


def _json(response: AsyncHttpResponse) -> Any:  # noqa: ANN401  JSON
    try:
        return response.json()
    except ValueError as fault:
        raise DecodeError("the answer is not JSON", response=response) from fault
