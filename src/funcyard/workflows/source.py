"""Where the engine gets code from: whatever publishes versions and lays them out as folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from pathlib import Path

GLOBAL: Final = "GLOBAL"
"""The scope that every organisation shares; as an organisation, the platform itself."""


class SnapshotSource(Protocol):
    """Versions of scopes; a scope is ``GLOBAL`` or an organisation's id."""

    async def current(self, scope: str) -> str | None:
        """Return the version that counts now, None where nothing was ever published."""
        ...

    async def materialise(self, scope: str, version: str) -> tuple[Path, str]:
        """Lay out a version and return its folder and what its root is called for people.

        The folder is never changed and stays as long as processes may use it. The second is the
        path in the view, such as ``/workspace/orgs/acme``.
        """
        ...
