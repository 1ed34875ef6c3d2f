"""A service's own address, such as the graph of a Digital Twins instance, by requests in JSON.

Nothing is asked again here unless patience is given: who deploys has a budget of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from azure.core import AsyncPipelineClient
from azure.core.exceptions import DecodeError
from azure.core.pipeline.policies import (
    AsyncBearerTokenCredentialPolicy,
    HeadersPolicy,
    RequestIdPolicy,
    UserAgentPolicy,
)
from azure.core.rest import HttpRequest

from funcyard import __version__
from funcyard.azure.errors import AzureFailedError
from funcyard.azure.patience import Patience, PatiencePolicy
from funcyard.azure.refusal import refusal
from funcyard.loopback import on_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.rest import AsyncHttpResponse

    from funcyard.azure.cloud import Cloud

_REFUSED: Final = 400
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of service that has addresses of its own.

    Attributes:
        audience: What a token for it is for.
        suffix: What its hosts end with in the public cloud, so that no other gets the token.
        parameters: Sent with every request, such as the version of its API.
    """

    audience: str
    suffix: str
    parameters: Mapping[str, str] = field(default_factory=dict)


class DataPlane:
    """One address of a service; ``async with`` it.

    Args:
        credential: Who asks. The caller closes it.
        cloud: Where it is.
        service: What it is an address of.
        host: Host and port, as Resource Manager tells them.
        patience: Waits where it is busy; None for who does that elsewhere.

    Raises:
        AzureFailedError: The service has no such host in that cloud.
    """

    def __init__(
        self,
        credential: AsyncTokenCredential,
        cloud: Cloud,
        service: Service,
        host: str,
        patience: Patience | None = None,
    ) -> None:
        self._service = service
        base = f"https://{host}"
        fits = host.endswith(service.suffix) if cloud.is_public else on_loopback(base)
        if not _HOST.fullmatch(host) or not fits:
            raise AzureFailedError(f"Azure named {host!r}, where nobody gets a token for it")
        self._client: AsyncPipelineClient[HttpRequest, AsyncHttpResponse] = AsyncPipelineClient(
            base,
            policies=[
                PatiencePolicy(patience or Patience()),
                RequestIdPolicy(),
                HeadersPolicy({"Accept": "application/json"}),
                UserAgentPolicy(f"funcyard/{__version__}"),
                AsyncBearerTokenCredentialPolicy(credential, f"{service.audience}/.default"),
            ],
            transport=cloud.transport(base),
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401  JSON
        """Send a request, and return what is answered; None where that is nothing.

        Args:
            method: Of HTTP.
            path: Its parts quoted.
            body: What is sent, if anything is.
            parameters: Besides those of the service.
            headers: Besides the usual ones.

        Raises:
            AzureError: It is refused, or the service cannot be reached.
        """
        request = HttpRequest(
            method,
            self._client.format_url(path),
            json=body,
            params={**self._service.parameters, **(parameters or {})},
            headers=dict(headers or {}),
        )
        response = await self._client.send_request(request)
        if response.status_code >= _REFUSED:
            raise refusal(response)
        if not response.content.strip():
            return None
        try:
            return response.json()
        except ValueError as fault:
            raise DecodeError("the answer is not JSON", response=response) from fault
