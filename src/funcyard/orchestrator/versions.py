"""API versions of types, as Azure tells them: no version fits all types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.azure.errors import AzureFailedError
from funcyard.orchestrator import agents
from funcyard.orchestrator.ordering import GROUPS

if TYPE_CHECKING:
    from funcyard.azure.manager import Manager

_PROVIDERS: Final = "2024-11-01"
_KNOWN: Final = {GROUPS: _PROVIDERS, agents.KIND.lower(): agents.VERSION}
"""Those that need not be asked for."""


class Versions:
    """Asks each provider once.

    Args:
        manager: Who asks, and where.
        subscription: Where.
    """

    def __init__(self, manager: Manager, subscription: str) -> None:
        self._manager = manager
        self._subscription = subscription
        self._known: dict[str, dict[str, str]] = {}

    async def of(self, kind: str) -> str:
        """Return the newest version of a type that is no preview, or the newest.

        Raises:
            AzureError: The provider cannot be asked.
            AzureFailedError: It has no such type.
        """
        if kind.lower() in _KNOWN:
            return _KNOWN[kind.lower()]
        namespace, _, name = kind.lower().partition("/")
        if namespace not in self._known:
            self._known[namespace] = await self._asked(namespace)
        try:
            return self._known[namespace][name]
        except KeyError:
            raise AzureFailedError(
                f"the provider {namespace} has no type {name}", status=400
            ) from None

    async def _asked(self, namespace: str) -> dict[str, str]:
        path = f"/subscriptions/{self._subscription}/providers/{namespace}"
        found = (await self._manager.send("GET", path, _PROVIDERS)).body
        return {
            one["resourceType"].lower(): _newest(one["apiVersions"])
            for one in found["resourceTypes"]
            if one.get("apiVersions")
        }


def _newest(versions: list[str]) -> str:
    stable = [one for one in versions if "preview" not in one.lower()]
    return max(stable or versions)
