"""Azure Resource Graph: resources of whole subscriptions, found by a query.

It learns of changes within seconds to minutes, so what it does not find may still be there.
https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.azure.errors import AzureFailedError

if TYPE_CHECKING:
    from funcyard.azure.manager import Manager

Document = dict[str, Any]

_PATH: Final = "/providers/Microsoft.ResourceGraph/resources"
_VERSION: Final = "2024-04-01"


async def query_resources(manager: Manager, subscription: str, query: str) -> list[Document]:
    """Return every row of a query, all its pages.

    Args:
        manager: Who asks, and where.
        subscription: Whose resources.
        query: In Kusto's language; it has to project ``id``, or what is long is cut off.

    Raises:
        AzureError: It is refused, or cannot be asked.
        AzureFailedError: The answer is not all of it.
    """
    rows: list[Document] = []
    options: Document = {"resultFormat": "objectArray"}
    while True:
        body = {"subscriptions": [subscription], "query": query, "options": options}
        answer = (await manager.send("POST", _PATH, _VERSION, body)).body
        rows += answer["data"]
        token = answer.get("$skipToken")
        if not token:
            break
        options = {**options, "$skipToken": token}
    if str(answer.get("resultTruncated", "false")).lower() == "true":
        raise AzureFailedError("Resource Graph cut its answer off")
    return rows


def text(value: str) -> str:
    """Return a value as a text of the query language."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
