"""The registries of a local Azure that runs, as other processes find them: by the Resource Manager.

They are asked as the tenant's application, which owns the subscriptions.
"""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from funcyard.emulator.core import finding
from funcyard.emulator.registries.client import RegistryClient
from funcyard.emulator.registries.naming import REGISTRY, VERSIONS
from funcyard.errors import FuncyardError, UsageError

_SECONDS: Final = 20
_SUFFIX: Final = ".azurecr.io"


class RegistryNameError(UsageError):
    """A local Azure has no such registry."""

    code = "no-such-registry"


class ManagerError(FuncyardError):
    """A local Azure does not answer."""

    code = "azure-unanswered"


@dataclass(frozen=True, slots=True)
class FoundRegistry:
    """A registry, and as whom it is asked.

    Attributes:
        name: Of it.
        server: Host and port.
        authority: File of the certificate by which it is trusted.
        username: Client id of the tenant's application.
        password: Its secret.
    """

    name: str
    server: str
    authority: Path
    username: str
    password: str = field(repr=False)


def find_registry(location: Path, named: str) -> FoundRegistry:
    """Return the registry of a local Azure that has a name or a login server.

    Args:
        location: Of the local Azure.
        named: The name, alone or as in ``NAME.azurecr.io``, or host and port.

    Raises:
        NotServingError: No local Azure runs there.
        RegistryNameError: It has no such registry.
        ManagerError: It does not answer.
    """
    serving = finding.find(location)
    settings = finding.settings(serving)
    trust = ssl.create_default_context(cafile=serving.ca)
    form = {
        "grant_type": "client_credentials",
        "client_id": serving.client_id,
        "client_secret": serving.client_secret,
        "scope": "https://management.azure.com/.default",
    }
    url = f"{settings['AZURE_AUTHORITY_HOST'].rstrip('/')}/{serving.tenant}/oauth2/v2.0/token"
    token = _asked(url, trust, data=urllib.parse.urlencode(form).encode())["access_token"]
    wanted = named.lower().removesuffix(_SUFFIX)
    known = []
    for subscription in serving.subscriptions:
        path = f"/subscriptions/{subscription}/providers/{REGISTRY}?api-version={VERSIONS[0]}"
        for one in _asked(f"{serving.url}{path}", trust, token)["value"]:
            server = str(one["properties"]["loginServer"])
            known.append(f"{one['name']} ({server})")
            if wanted in {str(one["name"]).lower(), server.lower()}:
                who = (serving.client_id, serving.client_secret)
                return FoundRegistry(str(one["name"]), server, Path(serving.ca), *who)
    raise RegistryNameError(
        f"the local Azure has no registry {named}",
        hint=f"it has {', '.join(known)}" if known else "it has none",
    )


def client_of(registry: FoundRegistry) -> RegistryClient:
    """Return a client of a registry."""
    return RegistryClient(
        registry.server,
        registry.authority,
        username=registry.username,
        password=registry.password,
    )


def _asked(url: str, trust: ssl.SSLContext, token: str = "", data: bytes | None = None) -> Any:  # noqa: ANN401 - JSON
    headers = {"authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, data, headers)  # noqa: S310 - of the local Azure
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS, context=trust) as answer:  # noqa: S310 - likewise
            return json.loads(answer.read())
    except (urllib.error.URLError, OSError, ValueError) as fault:
        raise ManagerError(f"{url}: the local Azure does not answer: {fault}") from fault
