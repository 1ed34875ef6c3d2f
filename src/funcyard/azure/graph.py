"""Microsoft Graph: applications, their service principals and their passwords.

An application is made under a unique name, so that making it again makes no second one, and is
found by how its name begins. https://learn.microsoft.com/graph/api/application-upsert
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qsl, urlsplit

from azure.core.exceptions import ResourceNotFoundError

from funcyard.azure.data_plane import DataPlane, Service
from funcyard.azure.errors import AzureFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud

Document = dict[str, Any]

_APPLICATIONS: Final = "/v1.0/applications"
_PRINCIPALS: Final = "/v1.0/servicePrincipals"
_CREATE: Final = {"Prefer": "create-if-missing"}
_PAGE: Final = "100"


class Graph:
    """Microsoft Graph of a cloud; ``async with`` it.

    Every method raises ``azure.core.exceptions.AzureError`` where Graph refuses or cannot be
    reached. It forgets slowly and learns slowly: what was just made may be missing for a moment.

    Args:
        credential: Who asks; ``Application.ReadWrite.OwnedBy`` is enough. The caller closes it.
        cloud: Where it is.
    """

    def __init__(self, credential: AsyncTokenCredential, cloud: Cloud) -> None:
        self._host = urlsplit(cloud.graph_address).netloc
        service = Service(cloud.graph_audience, "graph.microsoft.com")
        self._plane = DataPlane(credential, cloud, service, self._host)

    async def __aenter__(self) -> Self:
        await self._plane.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._plane.__aexit__()

    async def application(self, unique_name: str) -> Document | None:
        """Return the application of a unique name; None where there is none."""
        try:
            found: Document = await self._plane.send("GET", _by("uniqueName", unique_name))
        except ResourceNotFoundError:
            return None
        return found

    async def ensure_application(self, unique_name: str, body: Mapping[str, object]) -> Document:
        """Make the application of a unique name, or bring it to what is given, and return it."""
        path = _by("uniqueName", unique_name)
        made: Document | None = await self._plane.send("PATCH", path, dict(body), headers=_CREATE)
        return made or await self._plane.send("GET", path)

    async def ensure_service_principal(
        self, app_id: str, body: Mapping[str, object] | None = None
    ) -> Document:
        """Make the service principal of an application, if there is none, and return it."""
        path = f"{_PRINCIPALS}(appId='{_quoted(app_id)}')"
        made: Document | None = await self._plane.send(
            "PATCH", path, dict(body or {}), headers=_CREATE
        )
        return made or await self._plane.send("GET", path)

    async def service_principal(self, app_id: str) -> Document | None:
        """Return the service principal of an application; None where there is none."""
        try:
            found: Document = await self._plane.send(
                "GET", f"{_PRINCIPALS}(appId='{_quoted(app_id)}')"
            )
        except ResourceNotFoundError:
            return None
        return found

    async def add_password(self, identifier: str, name: str, ends: str) -> str:
        """Give an application a new password, and return it; nobody can read it again.

        Args:
            identifier: The application's object id.
            name: What the password is for.
            ends: When it stops to count, in the form of ISO 8601.
        """
        wanted = {"passwordCredential": {"displayName": name, "endDateTime": ends}}
        made = await self._plane.send("POST", f"{_APPLICATIONS}/{identifier}/addPassword", wanted)
        return str(made["secretText"])

    async def remove_password(self, identifier: str, key: str) -> None:
        """Take a password away from an application.

        Args:
            identifier: The application's object id.
            key: The password's ``keyId``.
        """
        path = f"{_APPLICATIONS}/{identifier}/removePassword"
        await self._plane.send("POST", path, {"keyId": key})

    async def applications(self, beginning: str) -> list[Document]:
        """Return the applications whose name begins so."""
        return await self._listed(
            _APPLICATIONS,
            {"$filter": f"startswith(displayName,'{_quoted(beginning)}')", "$top": _PAGE},
        )

    async def delete_application(self, identifier: str) -> None:
        """Delete an application, which may be gone, with its service principal.

        The tenant keeps it among its deleted items for 30 days, where nobody signs in by it.

        Args:
            identifier: The application's object id.
        """
        try:
            await self._plane.send("DELETE", f"{_APPLICATIONS}/{identifier}")
        except ResourceNotFoundError:
            return

    async def _listed(self, path: str, parameters: dict[str, str]) -> list[Document]:
        found: list[Document] = []
        while True:
            page = await self._plane.send("GET", path, parameters=parameters)
            found += page["value"]
            following = page.get("@odata.nextLink")
            if not following:
                return found
            parts = urlsplit(following)
            if parts.scheme != "https" or parts.netloc != self._host:
                raise AzureFailedError(f"Graph named {parts.netloc} for a page of its own")
            path, parameters = parts.path, dict(parse_qsl(parts.query))


def _by(key: str, value: str) -> str:
    return f"{_APPLICATIONS}({key}='{_quoted(value)}')"


def _quoted(value: str) -> str:
    """Return a text as it stands within the quotes of OData."""
    return value.replace("'", "''")
