"""Azure Resource Manager: requests by a resource's id, and work that goes on after an answer.

All types share this surface, so a document of any type is read and written without a client of its
own (docs/decisions/0006). Nothing is asked again here unless patience is given: who deploys has a
budget of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urljoin, urlsplit

from azure.core import AsyncPipelineClient
from azure.core.exceptions import (
    DecodeError,
    ResourceNotFoundError,
)
from azure.core.pipeline.policies import HeadersPolicy, RequestIdPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

from funcyard import __version__
from funcyard.azure.errors import AzureFailedError, AzureRefusedError
from funcyard.azure.patience import Patience, PatiencePolicy
from funcyard.azure.progress import Progress
from funcyard.azure.refusal import refusal
from funcyard.azure.retry_after import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.rest import AsyncHttpResponse

    from funcyard.azure.cloud import Cloud

Document = dict[str, Any]

MOST_LISTED: Final = 1000
"""So many items of a list are read unless it is asked for more."""

_ACCEPTED: Final = 202
_REFUSED: Final = 400
_SUCCEEDED: Final = "succeeded"
_ENDED_BADLY: Final = frozenset({"failed", "canceled", "cancelled"})


@dataclass(frozen=True, slots=True)
class Work:
    """Work that Azure goes on with after it answered.

    https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations

    Attributes:
        manager: Where it is asked after.
        address: Where it tells how far it is.
        tells_status: Whether the answer's ``status`` tells, or the HTTP status alone.
    """

    manager: Manager
    address: str
    tells_status: bool

    async def poll(self) -> Progress:
        """Ask how far it is, once.

        Raises:
            AzureRefusedError: It failed.
            AzureError: It is not known, or Azure cannot be reached.
        """
        answer = await self.manager.send("GET", self.address)
        if not self.tells_status:
            return Progress(answer.status != _ACCEPTED, answer.retry_after)
        status = str(answer.body.get("status", "")).lower()
        if status in _ENDED_BADLY:
            raise _failed(answer.body, status)
        return Progress(status == _SUCCEEDED, answer.retry_after)


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer.

    Attributes:
        status: Of HTTP.
        headers: Without regard to case.
        body: Empty where there is none.
    """

    status: int
    headers: Mapping[str, str]
    body: Document

    @property
    def retry_after(self) -> float | None:
        """After how many seconds to ask again, where Azure says so."""
        return retry_after(self.headers)


class Manager:
    """The Resource Manager of a cloud; ``async with`` it.

    Every method raises ``azure.core.exceptions.AzureError`` where Azure refuses or cannot be
    reached, with Azure's own code.

    Args:
        credential: Who asks. The caller closes it.
        cloud: Where it is.
        patience: Waits where it is busy; None for who does that elsewhere.
    """

    def __init__(
        self,
        credential: AsyncTokenCredential,
        cloud: Cloud,
        patience: Patience | None = None,
    ) -> None:
        self._base = cloud.manager_address
        signing = AsyncARMChallengeAuthenticationPolicy(
            credential, f"{cloud.manager_audience}/.default"
        )
        self._client: AsyncPipelineClient[HttpRequest, AsyncHttpResponse] = AsyncPipelineClient(
            self._base,
            policies=[
                PatiencePolicy(patience or Patience()),
                RequestIdPolicy(),
                HeadersPolicy({"Accept": "application/json"}),
                UserAgentPolicy(f"funcyard/{__version__}"),
                signing,
            ],
            transport=cloud.transport(self._base),
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def get(self, identity: str, version: str) -> Document | None:
        """Return a resource, None where it, or what it lies in, is not there."""
        try:
            return (await self.send("GET", identity, version)).body
        except ResourceNotFoundError:
            return None

    async def put(self, identity: str, version: str, body: Document) -> Work | None:
        """Make a resource, or bring it to a document; return what goes on."""
        return self.work_of(await self.send("PUT", identity, version, body))

    async def delete(self, identity: str, version: str) -> Work | None:
        """Delete a resource, which need not be there; return what goes on."""
        try:
            return self.work_of(await self.send("DELETE", identity, version))
        except ResourceNotFoundError:
            return None

    async def act(
        self, identity: str, action: str, version: str, body: Document | None = None
    ) -> Document:
        """Carry out an action of a resource, such as ``listKeys``, and return what it answers."""
        return (await self.send("POST", f"{identity}/{action}", version, body)).body

    async def list(self, path: str, version: str, *, most: int = MOST_LISTED) -> list[Document]:
        """Return what a list holds, page after page, up to so many."""
        page = (await self.send("GET", path, version)).body
        found: list[Document] = list(page.get("value") or ())
        while len(found) < most and (following := page.get("nextLink")):
            page = (await self.send("GET", str(following))).body
            found += page.get("value") or ()
        return found[:most]

    async def send(
        self, method: str, path: str, version: str = "", body: Document | None = None
    ) -> Answer:
        """Send a request, to Resource Manager alone: the token is for nobody else.

        Args:
            method: Of HTTP.
            path: A resource's id, or an address that an answer named.
            version: Of the API; empty where the address holds it.
            body: What is sent.
        """
        url = urljoin(f"{self._base}/", path)
        if urlsplit(url)[:2] != urlsplit(self._base)[:2]:
            host = urlsplit(url).netloc
            raise AzureFailedError(f"Azure named {host} for work of its own at {self._base}")
        request = HttpRequest(
            method, url, json=body, params={"api-version": version} if version else None
        )
        response = await self._client.send_request(request)
        if response.status_code >= _REFUSED:
            raise refusal(response)
        return Answer(response.status_code, response.headers, _document(response))

    def work_of(self, answer: Answer) -> Work | None:
        """Return what goes on after an answer, None where nothing does, or nothing tells of it."""
        if address := answer.headers.get("Azure-AsyncOperation"):
            return Work(self, address, tells_status=True)
        location = answer.headers.get("Location")
        if location and answer.status == _ACCEPTED:
            return Work(self, location, tells_status=False)
        return None


def _document(response: AsyncHttpResponse) -> Document:
    if not response.content.strip():
        return {}
    try:
        found = response.json()
    except ValueError as fault:
        raise DecodeError("the answer is not JSON", response=response) from fault
    return found if isinstance(found, dict) else {"value": found}


def _failed(body: Document, status: str) -> AzureRefusedError:
    told = body.get("error") or {}
    code = str(told.get("code", ""))
    message = str(told.get("message", "")) or f"it ended as {status}"
    return AzureRefusedError(f"{message} ({code})" if code else message, service_code=code)
