"""Registries, asked what a tag of an image means, as whoever is signed in to Azure.

A registry of Azure gives a token of its own for one of Entra ID, to who has the role AcrPull
(https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md); any other one is asked as anybody is.
Entra ID's token is sent to registries of the cloud only, whatever a challenge names. Nothing is
pulled, and nothing raises: what cannot be told is said with its reason. A registry that is busy is
asked again for as long as patience says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from azure.core import AsyncPipelineClient
from azure.core.exceptions import AzureError
from azure.core.pipeline.policies import HeadersPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest

from funcyard import __version__
from funcyard.azure.deadline import within
from funcyard.azure.errors import AzureUnreachableError
from funcyard.azure.patience import Patience, PatiencePolicy
from funcyard.azure.retry_after import later, will_pass
from funcyard.loopback import on_loopback
from funcyard.oci.distribution import (
    ACCEPTED,
    LARGEST,
    UNAUTHORIZED,
    Manifest,
    host_of,
    read_challenge,
    read_manifest,
    refused,
)

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.rest import AsyncHttpResponse

    from funcyard.azure.cloud import Cloud
    from funcyard.oci.distribution import Challenge
    from funcyard.oci.reference import Reference

    Client = AsyncPipelineClient[HttpRequest, AsyncHttpResponse]

_SUFFIX: Final = ".azurecr.io"
_GOOD: Final = 200
_ANSWER_SECONDS: Final = 20.0
"""For so long nothing comes before it is taken that nobody is there."""


async def manifest_of(
    image: Reference,
    credential: AsyncTokenCredential,
    cloud: Cloud,
    *,
    patience: float,
    busy: Patience | None = None,
) -> Manifest:
    """Return what an image's digest, or else its tag, names now.

    Args:
        image: The image.
        credential: Who asks.
        cloud: Whose registries get a token of that.
        patience: Seconds for all of it, such waiting among it.
        busy: Waits where the registry is busy; None for not at all.
    """
    host, repository = host_of(image.name)
    base = f"https://{host}"
    client: Client = AsyncPipelineClient(
        base,
        policies=[
            PatiencePolicy(busy or Patience(), host),
            HeadersPolicy({"Accept": ", ".join(ACCEPTED)}),
            UserAgentPolicy(f"funcyard/{__version__}"),
        ],
        transport=cloud.transport(base),
    )
    wanted = image.digest or image.tag or "latest"
    path = f"/v2/{repository}/manifests/{wanted}"
    try:
        async with within(patience), client:
            return await _manifest(client, f"{base}{path}", repository, credential, cloud)
    except TimeoutError:
        return Manifest(failure=f"{host} did not answer within {patience:g} seconds")
    except AzureUnreachableError as fault:
        return Manifest(failure=f"{fault.message}: {fault.hint}")
    except AzureError as fault:
        return Manifest(failure=f"{host} cannot be asked: {_reason(fault)}")
    except ValueError:
        return Manifest(failure=f"{host} answers with something that is no manifest")


async def _manifest(
    client: Client, address: str, repository: str, credential: AsyncTokenCredential, cloud: Cloud
) -> Manifest:
    host = urlsplit(address).netloc
    answer, body = await _asked(client, HttpRequest("GET", address))
    if answer.status_code == UNAUTHORIZED:
        challenge = read_challenge(answer.headers.get("www-authenticate", ""))
        if challenge is None:
            return refused(host, UNAUTHORIZED)
        scope = challenge.scope or f"repository:{repository}:pull"
        token = ""
        if is_azures(host, cloud):
            token = await _exchanged(client, host, scope, credential, cloud)
        token = token or await _anybodys(client, challenge, scope)
        signed = HttpRequest("GET", address, headers={"Authorization": f"Bearer {token}"})
        answer, body = await _asked(client, signed)
    if answer.status_code != _GOOD:
        return refused(host, answer.status_code)
    return read_manifest(answer.headers.get("docker-content-digest"), body)


async def _asked(client: Client, request: HttpRequest) -> tuple[AsyncHttpResponse, bytes]:
    """Return an answer and its body.

    Raises:
        AzureError: None came.
        AzureUnreachableError: Whoever is asked is busy.
        ValueError: It is larger than anything that is asked for.
    """
    body = bytearray()
    answer = await client.send_request(
        request, stream=True, connection_timeout=_ANSWER_SECONDS, read_timeout=_ANSWER_SECONDS
    )
    async with answer:
        if will_pass(answer.status_code):
            told = f"{urlsplit(request.url).netloc} answers {answer.status_code}"
            raise AzureUnreachableError(told, hint=later(answer.headers))
        async for part in answer.iter_bytes():
            body += part
            if len(body) > LARGEST:
                raise ValueError(request.url)
    return answer, bytes(body)


def _reason(fault: AzureError) -> str:
    """Return why a registry was not reached: what the system says, not the client's objects."""
    system = getattr(fault.inner_exception, "os_error", fault.inner_exception)
    told = getattr(system, "strerror", None)
    return str(told) if told else fault.message.splitlines()[0]


def is_azures(host: str, cloud: Cloud) -> bool:
    """Tell whether a registry is one of a cloud's, which may get its tokens."""
    return host.endswith(_SUFFIX) if cloud.is_public else on_loopback(f"https://{host}")


async def _exchanged(
    client: Client, host: str, scope: str, credential: AsyncTokenCredential, cloud: Cloud
) -> str:
    """Return a registry's token for one of Entra ID; empty where it gives none."""
    token = await credential.get_token(f"{cloud.manager_audience}/.default")
    given = {"grant_type": "access_token", "service": host, "access_token": token.token}
    refresh = await _told(client, f"https://{host}/oauth2/exchange", given, "refresh_token")
    if not refresh:
        return ""
    given = {
        "grant_type": "refresh_token",
        "service": host,
        "scope": scope,
        "refresh_token": refresh,
    }
    return await _told(client, f"https://{host}/oauth2/token", given, "access_token")


async def _anybodys(client: Client, challenge: Challenge, scope: str) -> str:
    """Return a token for anybody, as a challenge says where to get one; empty for none."""
    parts = urlsplit(challenge.realm)
    if parts.scheme != "https" or not parts.netloc:
        return ""
    query = {"service": challenge.service} if challenge.service else {}
    mark = "&" if parts.query else "?"
    address = f"{challenge.realm}{mark}{urlencode({**query, 'scope': scope})}"
    answer, body = await _asked(client, HttpRequest("GET", address))
    return _text(answer, body, "token") or _text(answer, body, "access_token")


async def _told(client: Client, address: str, form: dict[str, str], name: str) -> str:
    answer, body = await _asked(client, HttpRequest("POST", address, data=form))
    return _text(answer, body, name)


def _text(answer: AsyncHttpResponse, body: bytes, name: str) -> str:
    if answer.status_code != _GOOD:
        return ""
    document = json.loads(body)
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""
