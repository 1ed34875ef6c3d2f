"""Queries of a workspace of Log Analytics.

https://learn.microsoft.com/azure/azure-monitor/logs/api/overview
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from funcyard.azure.data_plane import DataPlane, Service
from funcyard.azure.errors import azure_errors

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.patience import Patience

_SUFFIX: Final = "api.loganalytics.io"


async def query_workspace(
    credential: AsyncTokenCredential,
    cloud: Cloud,
    workspace: str,
    query: str,
    *,
    patience: Patience | None = None,
) -> list[dict[str, Any]]:
    """Return the rows of a query's first table, each by the names of its columns.

    Args:
        credential: Who asks. The caller closes it.
        cloud: Where the workspace is.
        workspace: Its customer id.
        query: In the Kusto Query Language.
        patience: Waits where it is busy; None for not at all.

    Raises:
        AzureFailedError: It is refused, or cannot be reached.
    """
    host = urlsplit(cloud.logs_address).netloc
    service = Service(cloud.logs_audience, _SUFFIX)
    with azure_errors("asking Log Analytics"):
        async with DataPlane(credential, cloud, service, host, patience) as plane:
            path = f"/v1/workspaces/{quote(workspace, safe='')}/query"
            answer = await plane.send("POST", path, {"query": query})
    tables = answer.get("tables") if isinstance(answer, dict) else None
    if not tables:
        return []
    names = [str(column.get("name")) for column in tables[0].get("columns") or ()]
    return [dict(zip(names, row, strict=False)) for row in tables[0].get("rows") or ()]


def text_literal(value: str) -> str:
    """Return a text as a query writes it, whatever is in it."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + escaped.replace("\n", "\\n").replace("\r", "\\r") + "'"
